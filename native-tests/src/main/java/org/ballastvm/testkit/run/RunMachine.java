package org.ballastvm.testkit.run;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.FileTree;
import org.ballastvm.images.GuestImages;
import org.ballastvm.images.Kernel;
import org.ballastvm.images.KernelSource;
import org.ballastvm.testkit.agent.Agent;
import org.ballastvm.vmm.Vm;
import org.ballastvm.vmm.config.UserError;

/** The machine of a run, in this process, with its kernel's log and its agent; both are there before it runs. */
final class RunMachine implements Closeable {
  /** Quick: nothing is waited for that this machine does not have. */
  private static final String APPEND = "console=ttyS0 printk.time=1 panic=-1 random.trust_cpu=on 8250.nr_uarts=1";
  private static final String MEMORY = "1G";

  private final Vm vm;
  private final SocketChannel console;
  private final SocketChannel channel;

  private RunMachine(Vm vm, SocketChannel console, SocketChannel channel) {
    this.vm = vm;
    this.console = console;
    this.channel = channel;
  }

  /**
   * Starts it.
   *
   * @throws UserError if an option makes no sense
   * @throws org.ballastvm.images.ImageError if there is no such kernel
   */
  static RunMachine start(RunWish wish, GuestImages images) {
    Path directory = null;
    try {
      List<String> options = options(wish, images);
      directory = Files.createTempDirectory("ballast-run");
      try (ServerSocketChannel consoles = listen(directory.resolve("console"));
          ServerSocketChannel channels = listen(directory.resolve("agent"))) {
        options.addAll(List.of("-chardev", "socket,id=console,path=" + directory.resolve("console"), "-serial",
            "chardev:console", "-device", "virtio-serial-pci,id=agents,max_ports=2", "-chardev",
            "socket,id=agent,path=" + directory.resolve("agent"), "-device",
            "virtserialport,bus=agents.0,chardev=agent,name=" + Agent.PORT));
        Vm vm = Vm.ofOptions(options, System.err::println);
        return new RunMachine(vm, consoles.accept(), channels.accept());
      } finally {
        FileTree.delete(directory);
      }
    } catch (IOException e) {
      throw new UserError("run: there is no place for its sockets: " + e.getMessage(), e);
    }
  }

  private static ServerSocketChannel listen(Path path) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    return server;
  }

  /** {@return QEMU's options: all of the machine but what leads to this process} */
  static List<String> options(RunWish wish, GuestImages images) {
    Optional<KernelSource> source = wish.kernel();
    Kernel kernel = images.withDependencies(
        source.isPresent() ? source.get().resolve(images) : images.kernel(DebianFlavour.STOCK));
    boolean bare = wish.root() instanceof RunRoot.Memory;
    Path initrd = images.agentInitrd(kernel, wish.root().needed(), RunRoot.Folder.MODULES, bare);
    StringBuilder append = new StringBuilder(APPEND).append(wish.console() ? "" : " quiet").append(' ')
        .append(wish.root().kernelWord());
    List<String> options = new ArrayList<>(List.of("-nodefaults", "-display", "none", "-no-reboot", "-m", MEMORY,
        "-kernel", kernel.image().toString(), "-initrd", initrd.toString()));
    options.addAll(wish.root().options());
    if (kernel.modules().isPresent()) {
      append.append(" ballast.modules=").append(kernel.release());
      options.addAll(RunRoot.Folder.share("modules", kernel.modules().get().toAbsolutePath(), false));
    }
    options.addAll(List.of("-append", (append + " " + wish.append()).strip()));
    options.addAll(wish.options());
    return options;
  }

  Vm vm() { return vm; }

  KernelLog log(boolean shown) {
    return new KernelLog(Channels.newInputStream(console), shown ? Optional.of(System.err) : Optional.empty());
  }

  Agent agent() { return Agent.over(Channels.newInputStream(channel), Channels.newOutputStream(channel), channel); }

  @Override
  public void close() { vm.close(); }
}

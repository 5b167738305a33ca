package org.ballastvm.rig;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.images.GuestImages;
import org.ballastvm.images.Initramfs;
import org.ballastvm.images.Kernel;
import org.ballastvm.images.MissingTools;
import org.ballastvm.images.ModuleTree;

/**
 * The rig's QEMU: an AMD-V processor emulated by TCG, one of Debian's kernels, the host's root over 9p, and a serial port of
 * virtio for each stream. It ends when this object, or the JVM, does: it lives as long as the pipe on its wrapper's
 * input.
 */
final class RigMachine implements AutoCloseable {
  private static final String QEMU = "qemu-system-x86_64";
  private static final List<String> MODULES = List.of("virtio_pci", "virtio_console", "virtio_rng", "virtio_net",
      "9pnet_virtio", "9p", "overlay", "tun", "vhost_net", "vhost_vsock", "loop", "dm_mod", "kvm_amd");
  private static final long CONNECT_NANOS = 30_000_000_000L;

  private final Path directory;
  private final Process process;
  private final Transcript console;

  private RigMachine(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
    this.console = Transcript.of(process.getInputStream());
  }

  /** {@return the sentence that says what a rig lacks here, if it lacks something} */
  static Optional<String> missing() {
    return MissingTools.isOnPath(QEMU)
        ? Optional.empty()
        : Optional.of("the rig needs " + QEMU + ", which is not on PATH: apt-get install qemu-system-x86");
  }

  static RigMachine start(RigConfig config, GuestImages images) {
    missing().ifPresent(sentence -> {
      throw new RigError(sentence);
    });
    try {
      Kernel kernel = images.kernel(config.kernel());
      Path directory = Files.createTempDirectory("ballast-rig");
      Files.createDirectory(directory.resolve("run"));
      writeInitrd(directory.resolve("initrd"), kernel, images);
      writeShares(directory.resolve("run/shares"), config);
      return new RigMachine(directory, startBound(directory, arguments(config, kernel, directory)));
    } catch (IOException e) {
      throw new RigError("the rig cannot be started: " + e, e);
    }
  }

  /** Starts a program that ends, and whose directory goes, when the process that is returned reads the end of input. */
  static Process startBound(Path directory, List<String> program) throws IOException {
    return bound(directory, program).redirectErrorStream(true).start();
  }

  /** {@return the same, still to be started} */
  static ProcessBuilder bound(Path directory, List<String> program) {
    List<String> command = new ArrayList<>(
        List.of("/bin/sh", "-c", Tools.resource("rig-run"), "rig-run", directory.toString()));
    command.addAll(program);
    return new ProcessBuilder(command);
  }

  private static void writeInitrd(Path file, Kernel kernel, GuestImages images) throws IOException {
    ModuleTree modules = ModuleTree
        .of(kernel.modules().orElseThrow(() -> new RigError("Debian's kernel came without its modules")));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      new Initramfs().executable("bin/busybox", images.busybox()).script("init", Tools.resource("rig-init"))
          .script("load-modules", Tools.resource("load-modules")).modules(modules.inLoadOrder(MODULES)).writeTo(out);
    }
  }

  private static void writeShares(Path file, RigConfig config) throws IOException {
    StringBuilder shares = new StringBuilder();
    for (int i = 0; i < config.writable().size(); i++) {
      shares.append("share").append(i).append(' ').append(config.writable().get(i).toAbsolutePath()).append('\n');
    }
    Files.writeString(file, shares.toString());
  }

  private static List<String> arguments(RigConfig config, Kernel kernel, Path directory) {
    List<String> arguments = new ArrayList<>(
        List.of(QEMU, "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
            "-accel", "tcg,thread=multi", "-cpu", config.cpu(), "-smp", Integer.toString(config.cpuCount()), "-m",
            Integer.toString(config.memoryMiB()), "-monitor", "none", "-serial", "stdio", "-kernel",
            kernel.image().toString(), "-initrd", directory.resolve("initrd").toString(), "-append",
            "console=ttyS0 panic=-1 loglevel=1 mitigations=off RIG_PORTS=" + (3 * config.channels() + 1) + " "
                + String.join(" ", config.kernelArguments()),
            "-device", "virtio-rng-pci"));
    addNetwork(arguments, config.forwarded());
    addPorts(arguments, directory, List.of("control"));
    for (int channel = 0; channel < config.channels(); channel++) {
      addPorts(arguments, directory, List.of("in" + channel, "out" + channel, "err" + channel));
    }
    arguments.addAll(List.of("-virtfs",
        "local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap", "-virtfs",
        "local,path=" + directory.resolve("run") + ",mount_tag=run,security_model=none"));
    for (int i = 0; i < config.writable().size(); i++) {
      arguments.addAll(List.of("-virtfs", "local,path=" + config.writable().get(i).toAbsolutePath() + ",mount_tag=share"
          + i + ",security_model=none,multidevs=remap"));
    }
    return arguments;
  }

  /** QEMU's own network, as rig-init has it; without a ROM, as nobody boots from it. */
  private static void addNetwork(List<String> arguments, List<Integer> forwarded) {
    StringBuilder network = new StringBuilder("user,id=net,net=10.20.0.0/24,ipv6=off");
    forwarded.forEach(port -> network.append(",hostfwd=tcp:127.0.0.1:").append(port).append("-:").append(port));
    arguments.addAll(List.of("-netdev", network.toString(), "-device", "virtio-net-pci,netdev=net,romfile="));
  }

  /** A controller for few ports: QEMU drops what a controller has to send while the guest has no buffer for it. */
  private static void addPorts(List<String> arguments, Path directory, List<String> names) {
    String controller = "serial-" + names.getFirst();
    arguments.addAll(List.of("-device", "virtio-serial-pci,max_ports=4,id=" + controller));
    for (String name : names) {
      arguments.addAll(List.of("-chardev",
          "socket,id=" + name + ",path=" + directory.resolve(name) + ",server=on,wait=off", "-device",
          "virtserialport,bus=" + controller + ".0,chardev=" + name + ",name=" + name));
    }
  }

  /** {@return the file that a channel's next program is read from, by a shell of the rig} */
  Path script(int channel) {
    return directory.resolve("run").resolve(channel + ".sh");
  }

  /** Connects to a port, which may have to be made first. */
  SocketChannel connect(String port) {
    long deadline = System.nanoTime() + CONNECT_NANOS;
    while (true) {
      try {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(directory.resolve(port)));
        return channel;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new RigError("QEMU does not open port " + port + " of the rig; " + lastWords(), e);
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RigError("interrupted while the rig starts", e);
    }
  }

  /** {@return the end of what QEMU and its kernel said, for a message} */
  String lastWords() {
    String text = console.text().strip();
    return text.isEmpty() ? "it said nothing" : "it said: " + text.substring(Math.max(0, text.length() - 1000));
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

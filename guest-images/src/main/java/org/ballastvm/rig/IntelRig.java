package org.ballastvm.rig;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.FileTree;
import org.ballastvm.images.GuestImages;
import org.ballastvm.images.ImageError;
import org.ballastvm.images.Initramfs;
import org.ballastvm.images.Kernel;
import org.ballastvm.images.MissingTools;
import org.ballastvm.images.ModuleTree;

/**
 * A machine with an Intel processor that has VT-x (VMX, EPT, unrestricted guest), for a host that has none: Bochs
 * interprets it, Debian's kernel runs on it, and {@code /dev/kvm} is kvm_intel's. It runs one program, which reads
 * nothing; what that writes goes on to here as it comes. Code runs more than a hundred times slower in it.
 */
public final class IntelRig {
  private static final List<String> MODULES = List.of("ata_piix", "sr_mod", "isofs", "kvm_intel");
  private static final Path BIOS = Path.of("/usr/share/bochs/BIOS-bochs-latest");
  private static final Path VGA_BIOS = Path.of("/usr/share/bochs/VGABIOS-lgpl-latest");
  private static final Path DISPLAY = Path.of("/usr/lib/x86_64-linux-gnu/bochs/plugins/libbx_rfb_gui.so");

  private IntelRig() {}

  /** {@return what an Intel rig lacks on this host, and what to install; nothing if it has all} */
  public static Optional<String> missing() {
    MissingTools missing = new MissingTools();
    missing.program("bochs", "bochs");
    missing.file(DISPLAY, "bochs");
    missing.file(BIOS, "bochsbios");
    missing.file(VGA_BIOS, "vgabios");
    missing.program("xorriso", "xorriso");
    List<Path> loader = IntelDisc.loader();
    missing.file(loader.get(0), "isolinux");
    missing.file(loader.get(1), "syslinux-common");
    return missing.sentence("the Intel rig");
  }

  /**
   * Starts a rig, runs a program in it to its end, and ends the rig. In the rig the program has busybox's commands, the
   * JDK that runs this JVM, and the files of the config.
   *
   * @param out what the program writes and complains of goes here, as it comes
   * @param err what goes wrong with the rig goes here, in one sentence
   * @return the program's exit status, as a shell says it, or {@link RigRun#RIG_FAILED}
   */
  public static int run(IntelConfig config, GuestImages images, HostedCommand command, OutputStream out,
      PrintStream err) {
    try {
      missing().ifPresent(sentence -> {
        throw new RigError(sentence);
      });
      return run(config, images.kernel(DebianFlavour.STOCK), images.busybox(), command, out);
    } catch (RigError | ImageError e) {
      err.println("rig: " + e.getMessage());
    } catch (IOException e) {
      err.println("rig: the Intel rig failed: " + e);
    }
    return RigRun.RIG_FAILED;
  }

  private static int run(IntelConfig config, Kernel kernel, byte[] busybox, HostedCommand command, OutputStream out)
      throws IOException {
    Path jdk = Path.of(System.getProperty("java.home"));
    HostFiles files = new HostFiles().addJdk(jdk);
    config.files().forEach(files::add);
    String token = UUID.randomUUID().toString();
    IntelDisc disc = new IntelDisc(files.sources(), jdk.toRealPath(), config.kernelArguments());
    try (BochsMachine machine = start(config, kernel, disc, initramfs(kernel, busybox, withJdk(command, jdk), token))) {
      return copy(machine, token, out);
    }
  }

  private static BochsMachine start(IntelConfig config, Kernel kernel, IntelDisc disc, Initramfs tree)
      throws IOException {
    Path directory = Files.createTempDirectory("ballast-intel-rig");
    try {
      return BochsMachine.start(directory, config.memoryMiB(), disc.write(kernel, tree, directory));
    } catch (IOException | RigError e) {
      FileTree.delete(directory);
      throw e;
    }
  }

  private static int copy(BochsMachine machine, String token, OutputStream out) throws IOException {
    try {
      return new MarkedConsole(machine.console(), token).copyTo(out);
    } catch (RigError e) {
      throw new RigError(e.getMessage() + "; " + machine.lastWords(), e);
    }
  }

  private static HostedCommand withJdk(HostedCommand command, Path jdk) {
    return command.with("PATH", "/bin:/usr/bin:" + jdk.resolve("bin")).with("JAVA_HOME", jdk.toString())
        .with("BALLAST_JAVA_HOME", jdk.toString());
  }

  private static Initramfs initramfs(Kernel kernel, byte[] busybox, HostedCommand command, String token) {
    ModuleTree modules = ModuleTree
        .of(kernel.modules().orElseThrow(() -> new RigError("Debian's kernel came without its modules")));
    Initramfs tree = new Initramfs().executable("bin/busybox", busybox).script("init", Tools.resource("intel-init"))
        .script("load-modules", Tools.resource("load-modules")).modules(modules.inLoadOrder(MODULES)).directory("disc")
        .directory("root")
        .data("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n".getBytes(StandardCharsets.US_ASCII))
        .data("token", (token + "\n").getBytes(StandardCharsets.US_ASCII)).script("command", command.script());
    // The root is there already.
    return command.directory().getNameCount() == 0
        ? tree
        : tree.directory(command.directory().toString().substring(1));
  }
}

package org.ballastvm.testkit.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ballastvm.images.DebianDisk;
import org.ballastvm.images.GuestImages;
import org.ballastvm.images.ImageError;
import org.ballastvm.images.MissingTools;
import org.ballastvm.rig.DirectHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.Rig;
import org.ballastvm.rig.RigConfig;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.GuestHosts;
import org.ballastvm.testkit.command.DebianMachine.Place;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code ballast run debian}: Debian from a disk, on the network, with its console on this terminal. */
final class DebianRunCommand implements SubCommand {
  private static final int CANNOT = 1;
  private static final long MIB = 1L << 20;
  private static final long LEAST_BYTES = 256 * MIB;
  private static final int MOST_CPUS = 254;
  private static final int MOST_PORT = 65535;

  @Override
  public String name() { return "debian"; }

  @Override
  public String summary() { return "boots Debian, made at first use, and tells how to log in by ssh"; }

  @Override
  public void describe(CommandSpec spec) {
    spec.addOption(
        Arguments.value("-m", "SIZE", "memory that it starts with, default 1G; it can grow to half of the host's"));
    spec.addOption(Arguments.value("-smp", "N", "processors, default 1"));
    spec.addOption(Arguments.path("--keep", "DIRECTORY",
        "have the disk there, and keep what the guest writes; without it, that is forgotten"));
    spec.addOption(Arguments.value("--port", "PORT", "of 127.0.0.1, where ssh is to be had; without it, a free one"));
    DebianWish.describe(spec);
    spec.addPositional(Arguments.words("OPTION", List.of(), "behind --: further options of the machine"));
    spec.usageMessage().footer("Needs mmdebstrap and passt. Where /dev/kvm does not boot Linux, it runs in the rig.");
  }

  @Override
  public int run(ParseResult given) {
    Wish wish = Wish.of(given);
    GuestHosts.show(step -> System.err.println("ballast: " + step + " ..."));
    try {
      new MissingTools().program("passt", "passt").sentence("the network of run debian").ifPresent(sentence -> {
        throw new RigError(sentence);
      });
      DebianDisk disk = wish.disk(given);
      int port = wish.port().orElseGet(() -> new DirectHost(GuestHosts.images()).freePort());
      Optional<String> obstacle = GuestHosts.directObstacle();
      System.err.println("ballast: to log in, when it is up: ssh -F " + disk.sshConfig() + " -p " + port + " debian");
      System.err.println("ballast: Ctrl-A c is the monitor ('memory set 2G', 'balloon 512'), Ctrl-A x the end");
      if (obstacle.isPresent()) {
        System.err.println("ballast: " + obstacle.get() + "; so it runs in the rig, ten times slower");
        return inRig(wish, disk, port);
      }
      return here(Launcher.command(wish.machine(disk, port, hostBytes(), Place.HOST).options()));
    } catch (RigError | ImageError | IOException e) {
      System.err.println("ballast: run debian: " + e.getMessage());
      return CANNOT;
    }
  }

  private static int inRig(Wish wish, DebianDisk disk, int port) {
    Rig.missing().ifPresent(sentence -> {
      throw new RigError(sentence);
    });
    RigConfig config = RigConfig.ofTests().forwarding(List.of(port)).writing(wish.keep().stream().toList());
    long bytes = config.memoryMiB() * MIB;
    return RigTerminal.run(config,
        HostedCommand.of(Launcher.command(wish.machine(disk, port, bytes, Place.RIG).options())));
  }

  private static int here(List<String> command) throws IOException {
    Process machine = new ProcessBuilder(command).inheritIO().start();
    Thread end = new Thread(() -> {
      machine.destroy();
      machine.onExit().join();
    }, "end");
    Runtime.getRuntime().addShutdownHook(end);
    return machine.onExit().join().exitValue();
  }

  private static long hostBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/meminfo")).stream().filter(line -> line.startsWith("MemTotal:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10).findFirst()
        .orElseThrow(() -> new IOException("/proc/meminfo has no MemTotal"));
  }

  /**
   * What was asked for, but for the disk.
   *
   * @param memoryBytes what the guest starts with
   * @param cpus        its processors
   * @param keep        where its disk stays, if it does
   * @param port        where ssh is to be had, if that was said
   * @param more        further options of the machine
   */
  record Wish(long memoryBytes, int cpus, Optional<Path> keep, Optional<Integer> port, List<String> more) {
    static Wish of(ParseResult given) {
      String size = given.matchedOptionValue("-m", "1G");
      long memory = ByteSize.parse("run debian -m " + size, size, MIB);
      if (memory < LEAST_BYTES) {
        throw new UserError("run debian -m " + size + ": must be at least " + ByteSize.describe(LEAST_BYTES));
      }
      return new Wish(memory, number(given, "-smp", MOST_CPUS).orElse(1),
          Optional.ofNullable(given.<Path>matchedOptionValue("--keep", null))
              .map(each -> each.toAbsolutePath().normalize()),
          number(given, "--port", MOST_PORT), List.copyOf(given.matchedPositionalValue(0, List.of())));
    }

    private static Optional<Integer> number(ParseResult given, String option, int most) {
      return Optional.ofNullable(given.<String>matchedOptionValue(option, null)).map(text -> {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > most) {
          throw new UserError("run debian " + option + " " + text + ": must be a number from 1 to " + most);
        }
        return Integer.parseInt(text);
      });
    }

    /** A disk that is kept stays as it was made, whatever is asked for later. */
    DebianDisk disk(ParseResult given) {
      if (keep.isPresent() && DebianDisk.isIn(keep.get())) {
        return new DebianDisk(keep.get());
      }
      GuestImages images = GuestHosts.images();
      DebianDisk made = images.debianDisk(DebianWish.of(given).withAutologin(), given.hasMatchedOption("--newest"));
      return keep.map(made::copyTo).orElse(made);
    }

    DebianMachine machine(DebianDisk disk, int sshPort, long hostBytes, Place place) {
      return new DebianMachine(disk, keep.isPresent(), memoryBytes, hostBytes / 2, cpus, sshPort, place, more);
    }
  }
}

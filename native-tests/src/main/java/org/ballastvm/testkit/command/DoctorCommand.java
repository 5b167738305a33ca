package org.ballastvm.testkit.command;

import java.nio.file.Path;
import java.util.Optional;
import org.ballastvm.images.ImageError;
import org.ballastvm.kvm.NativeProvider;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.GuestHosts;
import org.ballastvm.testkit.bench.PayloadProbe;
import org.ballastvm.vmm.command.SubCommand;
import picocli.CommandLine.ParseResult;

/** {@code ballast doctor}: finds what this host can do by trying it, and what to do about what it cannot. */
public final class DoctorCommand implements SubCommand {
  private static final int CANNOT = 1;

  @Override
  public String name() { return "doctor"; }

  @Override
  public String summary() { return "finds, by trying, what runs on this host and what to do about what does not"; }

  @Override
  public int run(ParseResult given) {
    say(true, "JDK", "Java " + Runtime.version() + " in " + System.getProperty("java.home"));
    say(true, "native calls", NativeProvider.description());
    HostFacts.of(Path.of("/")).forEach(fact -> say(fact.good(), fact.what(), fact.sentence()));
    boolean direct = examineKvm();
    boolean rig = examineRig(!direct);
    System.out.println(direct
        ? "Linux guests run directly."
        : rig
            ? "Linux guests run in the rig, about ten times slower: 'ballast demo' shows one."
            : "No Linux guest runs here.");
    return direct || rig ? 0 : CANNOT;
  }

  private static boolean examineKvm() {
    Optional<String> device = GuestHosts.deviceObstacle();
    say(device.isEmpty(), "/dev/kvm", device.orElse("is there and may be opened"));
    if (device.isPresent()) {
      return false;
    }
    Optional<String> payload = PayloadProbe.obstacle();
    say(payload.isEmpty(), "64-bit payloads", payload.orElse("run on /dev/kvm"));
    Optional<String> linux;
    try {
      linux = GuestHosts.linuxObstacle();
    } catch (ImageError e) {
      linux = Optional.of("there is no kernel to try: " + e.getMessage());
    }
    say(linux.isEmpty(), "Linux", linux.orElse("runs on /dev/kvm"));
    return linux.isEmpty();
  }

  /** Starting a rig takes a while, so it is only done for those who need it. */
  private static boolean examineRig(boolean needed) {
    Optional<String> program = GuestHosts.rigObstacle();
    if (program.isPresent() || !needed) {
      say(program.isEmpty(), "rig", program.orElse("could be started; nothing needs it here"));
      return program.isEmpty();
    }
    try {
      String said = GuestHosts.rig().description();
      say(true, "rig", "starts: " + said);
      return true;
    } catch (RigError | ImageError e) {
      say(false, "rig", e.getMessage());
      return false;
    }
  }

  private static void say(boolean good, String what, String sentence) {
    System.out.printf("%-4s  %-16s %s%n", good ? "ok" : "no", what, sentence);
  }
}

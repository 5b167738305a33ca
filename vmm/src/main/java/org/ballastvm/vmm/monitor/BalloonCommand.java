package org.ballastvm.vmm.monitor;

import java.time.Instant;
import java.util.List;
import org.ballastvm.vmm.control.Balloon;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryBalloon;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.policy.AutoBalloon;

/** {@code balloon N} and {@code balloon auto [on|off|status]} */
final class BalloonCommand implements Command {
  private static final int MIB_SHIFT = 20;
  private static final String AUTO = "auto";
  private static final List<String> SWITCHES = List.of("on", "off", "status");

  @Override
  public List<String> names() { return List.of("balloon"); }

  @Override
  public String parameters() { return "target|auto [on|off|status]"; }

  @Override
  public String help() { return "request VM to change its memory allocation (in MB), or have that done automatically"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    return arguments.keyword(AUTO) ? automatic(vm, arguments) : byHand(vm, arguments);
  }

  private static String byHand(Machine vm, Arguments arguments) {
    long mebibytes = arguments.number();
    arguments.end();
    if (mebibytes < 0) {
      throw MonitorError.misuse("enter a positive value");
    }
    if (mebibytes > Long.MAX_VALUE >> MIB_SHIFT) {
      throw new MonitorError("Parameter 'target' expects a size");
    }
    boolean wasOn = vm.devices().autoBalloon().filter(auto -> auto.config().on()).isPresent();
    new Balloon().run(vm, new Balloon.Target(mebibytes << MIB_SHIFT));
    return wasOn ? "balloon: auto is off now, because a target was set by hand\n" : "";
  }

  private static String automatic(Machine vm, Arguments arguments) {
    String what = arguments.optionalWord().orElse("status");
    arguments.end();
    if (!SWITCHES.contains(what)) {
      throw MonitorError.misuse("balloon auto: '" + what + "' is none of on, off, status");
    }
    new QueryBalloon().run(vm, NoArguments.NONE); // Refuses where there is no balloon.
    AutoBalloon auto = vm.devices().autoBalloon().orElseThrow();
    return switch (what) {
      case "on" -> switchOn(vm, auto);
      case "off" -> {
        auto.switchOff("switched off");
        yield "";
      }
      default -> "balloon: " + BalloonText.automatic(vm, auto, Instant.now());
    };
  }

  private static String switchOn(Machine vm, AutoBalloon auto) {
    boolean wasOn = auto.config().on();
    auto.switchOn();
    return wasOn ? "" : BalloonText.danger(vm).map(sentence -> "balloon: warning: " + sentence + "\n").orElse("");
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    if (before.isEmpty()) {
      return List.of(AUTO);
    }
    return before.equals(List.of(AUTO)) ? SWITCHES : List.of();
  }
}

package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.SetLink;
import org.ballastvm.vmm.devices.NetCard;
import org.ballastvm.vmm.machine.Machine;

/** {@code set_link NAME on|off} */
final class SetLinkCommand implements Command {
  @Override
  public List<String> names() { return List.of("set_link"); }

  @Override
  public String parameters() { return "name on|off"; }

  @Override
  public String help() { return "change the link status of a network adapter"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String name = arguments.word();
    String state = arguments.word();
    arguments.end();
    if (!state.equals("on") && !state.equals("off")) {
      throw MonitorError.misuse("set_link: Expected 'on' or 'off'");
    }
    SetLink.set(vm, name, state.equals("on"));
    return "";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return switch (before.size()) {
      case 0 -> vm.devices().networkCards().stream().map(NetCard::name).toList();
      case 1 -> List.of("on", "off");
      default -> List.of();
    };
  }
}

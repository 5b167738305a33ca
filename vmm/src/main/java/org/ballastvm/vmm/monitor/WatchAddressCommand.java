package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.ballastvm.vmm.control.WatchAddress;
import org.ballastvm.vmm.machine.Machine;

/** {@code watch_address [-r] ADDR [SIZE]|none} */
final class WatchAddressCommand implements Command {
  private static final String NONE = "none";

  @Override
  public List<String> names() { return List.of("watch_address"); }

  @Override
  public String parameters() { return "[-r] addr [size]|none"; }

  @Override
  public String help() {
    return "stop the guest when a CPU writes to virtual 'addr' (-r: or reads; 'size': up to 32 bytes, default 8); 'info watch' says who";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    if (arguments.keyword(NONE)) {
      arguments.end();
      new WatchAddress().run(vm, new WatchAddress.Wanted(Optional.empty(), Optional.empty(), Optional.empty()));
      return "";
    }
    boolean reads = arguments.flag('r');
    long address = arguments.number();
    OptionalLong size = arguments.optionalNumber();
    arguments.end();
    new WatchAddress().run(vm, new WatchAddress.Wanted(Optional.of(address),
        size.isPresent() ? Optional.of(size.getAsLong()) : Optional.empty(), Optional.of(reads)));
    return "";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? List.of("-r", NONE) : List.of();
  }
}

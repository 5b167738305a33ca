package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** A command of the human monitor. Runs on the event loop. */
interface Command {
  /** {@return its names, the one that help shows first} */
  List<String> names();

  /** {@return its parameters, as help shows them; empty if it has none} */
  String parameters();

  /** {@return what it does, in one line} */
  String help();

  /**
   * Does it.
   *
   * @param machine the machine
   * @param arguments what stands behind the name
   * @return what to print, lines end in a line feed; empty for nothing
   * @throws MonitorError if it cannot be done; the machine is unchanged
   */
  String run(Machine machine, List<String> arguments);

  /** Refuses arguments that were not asked for. */
  default void requireCount(List<String> arguments, int least, int most) {
    if (arguments.size() < least) {
      throw new MonitorError(names().getFirst() + ": " + parameters() + " is missing");
    }
    if (arguments.size() > most) {
      throw new MonitorError(names().getFirst() + ": extraneous characters at the end of line: "
          + String.join(" ", arguments.subList(most, arguments.size())));
    }
  }
}

package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** A command of the human monitor. Runs on the event loop. */
interface Command {
  /** {@return its names, the one that help shows first} */
  List<String> names();

  /** {@return its parameters, as help shows them; empty if it has none} */
  default String parameters() { return ""; }

  /** {@return what it does, in one line} */
  String help();

  /**
   * Does it.
   *
   * @param vm the machine
   * @param arguments what stands behind the name; all of it is read before anything is done
   * @return what to print, lines end in a line feed; empty for nothing
   * @throws MonitorError if it cannot be done; the machine is unchanged
   */
  String run(Machine vm, Arguments arguments);

  /**
   * What an argument could be.
   *
   * @param vm the machine
   * @param before the arguments before it
   * @param start what has been typed of it
   * @return words; those that do not begin with the start are left out by the caller
   * @throws org.ballastvm.vmm.config.UserError if what stands before it names nothing that there is
   */
  default List<String> completions(Machine vm, List<String> before, String start) { return List.of(); }
}

package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/**
 * A command of the machine protocol. What it takes and gives are records; the schema, the reference page and the checks
 * of what a client sends derive from them.
 *
 * @param <A> its arguments
 * @param <R> what it answers
 */
public interface QmpCommand<A extends Record, R> {
  /** {@return its name on the wire} */
  String name();

  /** {@return what it does, in a sentence} */
  String help();

  /** {@return what clients may look for in the schema to know more of it, in QEMU's words} */
  default List<String> features() {
    return List.of();
  }

  /**
   * Does it. Runs on the event loop, and does not wait.
   *
   * @param vm the machine
   * @param arguments what the client sent, of the right types
   * @return the answer
   * @throws org.ballastvm.vmm.config.UserError if it cannot be done; the machine is unchanged
   */
  R run(Machine vm, A arguments);

  /**
   * Does it, with what its client has sent along. Most commands take none of that.
   *
   * @param vm the machine
   * @param arguments what the client sent, of the right types
   * @param passed descriptors that came with it
   * @return the answer
   * @throws org.ballastvm.vmm.config.UserError if it cannot be done; the machine is unchanged
   */
  default R run(Machine vm, A arguments, Passed passed) { return run(vm, arguments); }

  /** The features of a command whose answer may change with any version. */
  List<String> UNSTABLE = List.of("unstable");

  /** The arguments of a command that takes none. */
  record NoArguments() {
    /** The only one. */
    public static final NoArguments NONE = new NoArguments();
  }

  /** The answer of a command that returns nothing. */
  record Done() {
    /** The only one. */
    public static final Done DONE = new Done();
  }
}

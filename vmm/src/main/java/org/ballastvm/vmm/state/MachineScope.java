package org.ballastvm.vmm.state;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/**
 * The machine that a thread works for: what its log lines name, which of its trace events are printed, and who hears what
 * its user should know. The threads that a machine starts inherit it. A thread that works for none has the process's own.
 */
public final class MachineScope {
  private static final MachineScope PROCESS = new MachineScope("", 0,
      note -> LoggerFactory.getLogger(MachineScope.class).info(note));
  private static final InheritableThreadLocal<MachineScope> CURRENT = new InheritableThreadLocal<>();

  private final String name;
  private final AtomicInteger printed;
  private final Consumer<String> notes;

  private MachineScope(String name, int printed, Consumer<String> notes) {
    this.name = name;
    this.printed = new AtomicInteger(printed);
    this.notes = notes;
  }

  /** {@return that of the calling thread} */
  public static MachineScope current() {
    MachineScope scope = CURRENT.get();
    return scope == null ? PROCESS : scope;
  }

  /** {@return that of a thread that works for no machine, or for one after the other} */
  public static MachineScope process() {
    return PROCESS;
  }

  /**
   * The scope of a new machine. Trace events that are printed for the caller are printed for it, too.
   *
   * @param name what log lines call it; empty for a machine that needs no name
   * @param notes takes what its user should know while it is put together, a line each
   * @return the scope
   */
  public static MachineScope of(String name, Consumer<String> notes) {
    return new MachineScope(name, current().printed.get(), notes);
  }

  /**
   * Works for this machine.
   *
   * @param <T> what comes of it
   * @param task what; on the caller's thread, which works for whom it worked before when it returns
   * @return what comes of it
   */
  public <T> T call(Supplier<T> task) {
    MachineScope before = CURRENT.get();
    CURRENT.set(this);
    try {
      return task.get();
    } finally {
      goBackTo(before);
    }
  }

  /**
   * Works for this machine. Allocates nothing on a thread that works for one already.
   *
   * @param task what; on the caller's thread, which works for whom it worked before when it returns
   */
  public void run(Runnable task) {
    MachineScope before = CURRENT.get();
    CURRENT.set(this);
    try {
      task.run();
    } finally {
      goBackTo(before);
    }
  }

  private static void goBackTo(MachineScope before) {
    if (before == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(before);
    }
  }

  /** {@return what log lines call the machine; empty if they do not} */
  public String name() { return name; }

  /** {@return the trace events that are printed, a bit for each} */
  public AtomicInteger printed() { return printed; }

  /**
   * Says what the machine's user should know: that it waits for a client, or where its terminal is.
   *
   * @param line without its end
   */
  public void note(String line) { notes.accept(line); }
}

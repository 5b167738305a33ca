package org.ballastvm.vmm.machine;

import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.ballastvm.kvm.DebugRegisters;
import org.ballastvm.kvm.Exit;
import org.ballastvm.kvm.GuestDebug;
import org.ballastvm.kvm.GuestDebug.Access;
import org.ballastvm.kvm.GuestDebug.Injected;
import org.ballastvm.kvm.GuestDebug.Step;
import org.ballastvm.kvm.GuestDebug.Watch;
import org.ballastvm.kvm.VcpuRegisters;
import org.ballastvm.vmm.state.RunState;

/**
 * How the guest is debugged from outside, and what it met that stopped it. Belongs to the event loop, but for what vCPUs meet.
 *
 * <p>
 * What is wished changes only while no vCPU runs. So a vCPU that meets something, and has not come to the gate with it, meets
 * it under the wishes that it ran with.
 */
public final class DebugControl {
  /** What #DB reports in its low bits: which of the debug registers matched. */
  private static final int WATCH_BITS = 0xf;

  /**
   * What the guest stops for.
   *
   * @param breakpoints linear addresses that whoever debugs has put an {@code int3} at
   * @param watches for debug registers
   * @param step how those vCPUs are stepped that are
   */
  public record Wishes(Set<Long> breakpoints, List<Watch> watches, Step step) {
    /** Nobody debugs. */
    public static final Wishes NONE = new Wishes(Set.of(), List.of(), Step.NONE);

    /** Copies both. */
    public Wishes {
      breakpoints = Set.copyOf(breakpoints);
      watches = List.copyOf(watches);
    }
  }

  /** Why a vCPU stopped. */
  public sealed interface Trap {
    /** {@return which vCPU} */
    int vcpu();

    /**
     * It has carried out one instruction.
     *
     * @param vcpu which
     */
    record Stepped(int vcpu) implements Trap {}

    /**
     * It is about to carry out an instruction that was replaced.
     *
     * @param vcpu which
     */
    record Breakpoint(int vcpu) implements Trap {}

    /**
     * A debug register matched.
     *
     * @param vcpu which
     * @param watch what it held
     */
    record Watched(int vcpu, Watch watch) implements Trap {
      /** Whether it has happened: an instruction that has not been carried out is met again. */
      boolean isOver() {
        return watch.access() != Access.EXECUTE;
      }
    }
  }

  private final RunControl run;
  /** At most one of each vCPU: it stands at the gate from then on. */
  private final Queue<Trap> met = new ConcurrentLinkedQueue<>();
  private volatile Wishes wishes = Wishes.NONE;
  private volatile Set<Integer> stepped = Set.of();
  private Optional<Trap> last = Optional.empty();
  private boolean hasClient;
  private Supplier<Optional<String>> where = Optional::empty;
  private Runnable served = () -> {
    // Nobody serves a debugger.
  };

  /** Nobody debugs. */
  DebugControl(RunControl run) {
    this.run = run;
    run.whenCreated(this::apply);
  }

  /**
   * Sets what the guest stops for.
   *
   * @param next from now on
   * @throws org.ballastvm.kvm.HostError if the host refuses
   */
  public void set(Wishes next) { whileStopped(() -> change(next, Set.of())); }

  /**
   * Does something while no vCPU runs, and each of them has come to the gate with what it met. They run on when it is done, if
   * they ran.
   *
   * @param task what
   */
  public void whileStopped(Runnable task) {
    boolean runs = run.state() == RunState.RUNNING;
    if (runs) {
      run.vcpus().stop();
    }
    try {
      task.run();
    } finally {
      if (runs) {
        run.vcpus().run();
      }
    }
  }

  private void change(Wishes next, Set<Integer> steps) {
    if (wishes.equals(next) && stepped.equals(steps)) {
      return;
    }
    wishes = next;
    stepped = steps;
    run.vcpus().threads().forEach(this::apply);
  }

  private void apply(VcpuThread vcpu) {
    GuestDebug wanted = of(vcpu.index());
    if (vcpu.vcpu() != null && (vcpu.isDebugged() || !wanted.isOff())) {
      vcpu.vcpu().registers().setGuestDebug(wanted);
      vcpu.debugged(!wanted.isOff());
    }
  }

  private GuestDebug of(int vcpu) {
    Wishes now = wishes;
    return new GuestDebug(!now.breakpoints.isEmpty(), stepped.contains(vcpu) ? now.step : Step.NONE, now.watches,
        Injected.NONE);
  }

  /**
   * Lets vCPUs run that stand still. Where one of them has met a watch that was not reported, that is reported in place of it:
   * the machine stops again at once.
   *
   * @param steps which carry out one instruction, by index
   * @param frozen which stay where they are
   * @throws org.ballastvm.vmm.config.UserError if only a reset can make the machine run
   */
  public void go(Set<Integer> steps, IntPredicate frozen) {
    met.removeIf(trap -> !(trap instanceof Trap.Watched watched) || !watched.isOver());
    last = Optional.ofNullable(met.poll());
    change(wishes, steps);
    if (last.isPresent()) {
      run.stop(RunState.DEBUG);
    } else {
      run.resume(frozen);
    }
  }

  /** Forgets all wishes, and what was met. */
  public void end() {
    whileStopped(() -> {
      change(Wishes.NONE, Set.of());
      met.clear();
    });
    last = Optional.empty();
  }

  /** Ends what serves a debugger, with the machine. */
  void close() { served.run(); }

  /** {@return what stopped the guest, if it was stopped for whoever debugs} */
  public Optional<Trap> last() {
    return run.state() == RunState.DEBUG ? last : Optional.empty();
  }

  /**
   * A debugger has come, or has gone. One that is there has the debug registers.
   *
   * @param there whether one is there from now on
   */
  public void client(boolean there) { hasClient = there; }

  /** {@return whether a debugger is there} */
  public boolean hasClient() { return hasClient; }

  /** {@return what debug registers watch for} */
  public List<Watch> watches() { return wishes.watches; }

  /**
   * Says who serves a debugger from now on.
   *
   * @param end ends it
   * @param at says where, in QEMU's words for chardevs; empty for nobody
   * @return what ends the one before
   */
  public Runnable serve(Runnable end, Supplier<Optional<String>> at) {
    Runnable before = served;
    served = end;
    where = at;
    return before;
  }

  /** {@return where a debugger is served, in QEMU's words for chardevs, if one is} */
  public Optional<String> where() {
    return where.get();
  }

  /** A vCPU met something. On its thread. */
  void met(VcpuThread vcpu, Exit.Debug exit) {
    Optional<Trap> trap = trap(vcpu.index(), exit);
    if (trap.isPresent()) {
      met.add(trap.get());
      run.vcpus().stopFor(this::stop);
    } else {
      giveBack(vcpu, exit);
    }
  }

  private Optional<Trap> trap(int vcpu, Exit.Debug exit) {
    Wishes now = wishes;
    if (exit.exception() == Exit.Debug.BREAKPOINT) {
      return now.breakpoints.contains(exit.pc()) ? Optional.of(new Trap.Breakpoint(vcpu)) : Optional.empty();
    }
    int matched = Integer.numberOfTrailingZeros((int) exit.dr6() & WATCH_BITS);
    if (matched < now.watches.size()) {
      return Optional.of(new Trap.Watched(vcpu, now.watches.get(matched)));
    }
    return (exit.dr6() & Exit.Debug.STEPPED) != 0 && stepped.contains(vcpu)
        ? Optional.of(new Trap.Stepped(vcpu))
        : Optional.empty();
  }

  /** The guest debugs itself, or patches its code by {@code int3}, as Linux does. */
  private void giveBack(VcpuThread vcpu, Exit.Debug exit) {
    VcpuRegisters registers = vcpu.vcpu().registers();
    if (exit.exception() == Exit.Debug.BREAKPOINT) {
      registers.setGuestDebug(of(vcpu.index()).injecting(Injected.BREAKPOINT));
      return;
    }
    DebugRegisters own = registers.getDebug();
    registers.setDebug(new DebugRegisters(own.dr0(), own.dr1(), own.dr2(), own.dr3(),
        own.dr6() | exit.dr6() & Exit.Debug.STEPPED, own.dr7()));
    registers.setGuestDebug(of(vcpu.index()).injecting(Injected.DEBUG));
  }

  /** On the event loop. Whoever debugged may have gone meanwhile, or the machine has stopped for something else. */
  private void stop() {
    if (run.state() != RunState.RUNNING) {
      return;
    }
    Trap first = met.poll();
    if (first == null) {
      run.vcpus().run();
      return;
    }
    last = Optional.of(first);
    run.stop(RunState.DEBUG);
    change(wishes, Set.of()); // Whoever lets it run next, by a monitor, does not mean a step.
  }
}

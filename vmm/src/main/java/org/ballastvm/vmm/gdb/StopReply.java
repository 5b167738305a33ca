package org.ballastvm.vmm.gdb;

import java.util.Optional;
import org.ballastvm.kvm.GuestDebug.Access;
import org.ballastvm.vmm.machine.DebugControl.Trap;
import org.ballastvm.vmm.machine.Machine;

/** Why the guest stands still: a stop reply, GDB's manual, appendix E.3. */
final class StopReply {
  /** GDB's numbers of signals, include/gdb/signals.def. */
  private static final int INT = 2;
  private static final int QUIT = 3;
  private static final int TRAP = 5;
  private static final int ABRT = 6;
  private static final int ALRM = 14;
  private static final int STOP = 17;

  private StopReply() {}

  /** As QEMU has it. The vCPU that stopped is the one that is looked at next. */
  static String of(Machine vm, Choices choices) {
    Optional<Trap> trap = vm.debug().last();
    trap.ifPresent(why -> choices.looksAt = why.vcpu());
    return "T%02xthread:%s;".formatted(signal(vm), Threads.id(choices.looksAt))
        + trap.map(why -> reason(why, choices)).orElse("");
  }

  private static int signal(Machine vm) {
    return switch (vm.state()) {
      case PRELAUNCH, RUNNING, DEBUG -> TRAP;
      case PAUSED -> INT;
      case SHUTDOWN -> QUIT;
      case GUEST_PANICKED, INTERNAL_ERROR -> ABRT;
      case IO_ERROR -> STOP;
      case WATCHDOG -> ALRM;
    };
  }

  private static String reason(Trap trap, Choices choices) {
    return switch (trap) {
      case Trap.Stepped stepped -> "";
      case Trap.Breakpoint breakpoint -> choices.swbreak ? "swbreak:;" : "";
      case Trap.Watched watched when watched.watch().access() == Access.EXECUTE -> choices.hwbreak ? "hwbreak:;" : "";
      case Trap.Watched watched -> (watched.watch().access() == Access.WRITE ? "watch:" : "awatch:")
          + Long.toHexString(watched.watch().address()) + ";";
    };
  }
}

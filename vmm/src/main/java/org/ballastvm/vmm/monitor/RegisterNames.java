package org.ballastvm.vmm.monitor;

import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.ballastvm.kvm.SpecialRegisters.Segment;
import org.ballastvm.vmm.look.CpuState;
import org.ballastvm.vmm.machine.Machine;

/** Registers that an expression may name. */
final class RegisterNames {
  private static final Map<String, ToLongFunction<CpuState>> ALL = Map.ofEntries(
      Map.entry("rax", state -> state.general().rax()), Map.entry("rbx", state -> state.general().rbx()),
      Map.entry("rcx", state -> state.general().rcx()), Map.entry("rdx", state -> state.general().rdx()),
      Map.entry("rsi", state -> state.general().rsi()), Map.entry("rdi", state -> state.general().rdi()),
      Map.entry("rsp", state -> state.general().rsp()), Map.entry("rbp", state -> state.general().rbp()),
      Map.entry("r8", state -> state.general().r8()), Map.entry("r9", state -> state.general().r9()),
      Map.entry("r10", state -> state.general().r10()), Map.entry("r11", state -> state.general().r11()),
      Map.entry("r12", state -> state.general().r12()), Map.entry("r13", state -> state.general().r13()),
      Map.entry("r14", state -> state.general().r14()), Map.entry("r15", state -> state.general().r15()),
      Map.entry("eflags", state -> state.general().rflags()), Map.entry("rip", state -> state.general().rip()),
      Map.entry("eip", state -> state.general().rip()),
      // Where the next instruction is in linear addresses, as QEMU has it.
      Map.entry("pc", state -> state.general().rip() + state.special().cs().base()));

  private RegisterNames() {}

  /** The value in the first vCPU, if there is a register of that name. */
  static Optional<Long> value(Machine vm, String name) {
    ToLongFunction<CpuState> register = ALL.get(name);
    if (register != null) {
      return Optional.of(register.applyAsLong(CpuState.of(vm, 0)));
    }
    return name.length() == 2 && name.endsWith("s")
        ? segment(CpuState.of(vm, 0), name).map(found -> (long) found.selector())
        : Optional.empty();
  }

  private static Optional<Segment> segment(CpuState state, String name) {
    return Optional.ofNullable(switch (name) {
      case "cs" -> state.special().cs();
      case "ds" -> state.special().ds();
      case "es" -> state.special().es();
      case "fs" -> state.special().fs();
      case "gs" -> state.special().gs();
      case "ss" -> state.special().ss();
      default -> null;
    });
  }
}

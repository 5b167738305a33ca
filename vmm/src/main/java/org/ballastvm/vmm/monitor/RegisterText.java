package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.kvm.DebugRegisters;
import org.ballastvm.kvm.FloatingPoint;
import org.ballastvm.kvm.Registers;
import org.ballastvm.kvm.SpecialRegisters.Segment;
import org.ballastvm.kvm.SpecialRegisters.Table;
import org.ballastvm.kvm.SpecialRegisters;
import org.ballastvm.vmm.look.CpuState;

/** Registers in the lines that QEMU prints them in: wide where 64-bit code runs, narrow elsewhere. */
final class RegisterText {
  private static final String[] SYSTEM_TYPES = {"Reserved", "TSS16-avl", "LDT", "TSS16-busy", "CallGate16", "TaskGate",
      "IntGate16", "TrapGate16", "Reserved", "TSS32-avl", "Reserved", "TSS32-busy", "CallGate32", "Reserved",
      "IntGate32", "TrapGate32"};
  private static final String[] LONG_SYSTEM_TYPES = {"<hiword>", "Reserved", "LDT", "Reserved", "Reserved", "Reserved",
      "Reserved", "Reserved", "Reserved", "TSS64-avl", "Reserved", "TSS64-busy", "CallGate64", "Reserved", "IntGate64",
      "TrapGate64"};
  /** Bits of a segment's type, Intel SDM volume 3, 3.4.5.1. */
  private static final int ACCESSED = 1;
  private static final int WRITABLE_OR_READABLE = 2;
  private static final int EXPANDS_DOWN_OR_CONFORMS = 4;
  private static final int CODE = 8;
  private static final int STATUS_TOP_SHIFT = 11;

  private final CpuState state;
  private final boolean wide;
  private final StringBuilder text = new StringBuilder();

  private RegisterText(CpuState state) {
    this.state = state;
    this.wide = state.is64Bit();
  }

  /** All of the registers. */
  static String of(CpuState state) {
    RegisterText lines = new RegisterText(state);
    lines.general();
    lines.flags();
    lines.segments();
    lines.control();
    lines.debug();
    lines.floating();
    return lines.text.toString();
  }

  private void general() {
    Registers r = state.general();
    if (wide) {
      line("RAX=%016x RBX=%016x RCX=%016x RDX=%016x".formatted(r.rax(), r.rbx(), r.rcx(), r.rdx()));
      line("RSI=%016x RDI=%016x RBP=%016x RSP=%016x".formatted(r.rsi(), r.rdi(), r.rbp(), r.rsp()));
      line("R8 =%016x R9 =%016x R10=%016x R11=%016x".formatted(r.r8(), r.r9(), r.r10(), r.r11()));
      line("R12=%016x R13=%016x R14=%016x R15=%016x".formatted(r.r12(), r.r13(), r.r14(), r.r15()));
    } else {
      line("EAX=%08x EBX=%08x ECX=%08x EDX=%08x".formatted((int) r.rax(), (int) r.rbx(), (int) r.rcx(), (int) r.rdx()));
      line("ESI=%08x EDI=%08x EBP=%08x ESP=%08x".formatted((int) r.rsi(), (int) r.rdi(), (int) r.rbp(), (int) r.rsp()));
    }
  }

  private void flags() {
    Registers r = state.general();
    String where = wide
        ? "RIP=%016x RFL=%08x".formatted(r.rip(), r.rflags())
        : "EIP=%08x EFL=%08x".formatted((int) r.rip(), r.rflags());
    line(where + " [%s] CPL=%d II=0 A20=1 SMM=0 HLT=%d".formatted(flagLetters(r.rflags()), state.special().ss().dpl(),
        state.halted() ? 1 : 0));
  }

  private static String flagLetters(long flags) {
    String letters = "DOSZAPC";
    int[] bits = {10, 11, 7, 6, 4, 2, 0};
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < bits.length; i++) {
      shown.append((flags >> bits[i] & 1) != 0 ? letters.charAt(i) : '-');
    }
    return shown.toString();
  }

  private void segments() {
    SpecialRegisters s = state.special();
    segment("ES", s.es());
    segment("CS", s.cs());
    segment("SS", s.ss());
    segment("DS", s.ds());
    segment("FS", s.fs());
    segment("GS", s.gs());
    segment("LDT", s.ldt());
    segment("TR", s.tr());
    table("GDT", s.gdt());
    table("IDT", s.idt());
  }

  private void segment(String name, Segment segment) {
    int attributes = segment.type() << 8 | segment.s() << 12 | segment.dpl() << 13 | segment.present() << 15
        | segment.l() << 21 | segment.db() << 22 | segment.g() << 23;
    String base = wide ? String.format("%016x", segment.base()) : String.format("%08x", (int) segment.base());
    line("%-3s=%04x %s %08x %08x%s".formatted(name, segment.selector(), base, segment.limit(), attributes,
        describe(segment)));
  }

  private String describe(Segment segment) {
    if (!state.isProtected() || segment.present() == 0) {
      return "";
    }
    String level = " DPL=" + segment.dpl() + " ";
    int type = segment.type();
    if (segment.s() == 0) {
      return level + (state.isLongMode() ? LONG_SYSTEM_TYPES : SYSTEM_TYPES)[type];
    }
    String accessed = (type & ACCESSED) != 0 ? "A]" : "-]";
    if ((type & CODE) != 0) {
      String kind = segment.l() != 0 ? "CS64" : segment.db() != 0 ? "CS32" : "CS16";
      return level + kind + " [" + letter(type, EXPANDS_DOWN_OR_CONFORMS, 'C') + letter(type, WRITABLE_OR_READABLE, 'R')
          + accessed;
    }
    String kind = segment.db() != 0 || state.isLongMode() ? "DS  " : "DS16";
    return level + kind + " [" + letter(type, EXPANDS_DOWN_OR_CONFORMS, 'E') + letter(type, WRITABLE_OR_READABLE, 'W')
        + accessed;
  }

  private static char letter(int type, int bit, char letter) { return (type & bit) != 0 ? letter : '-'; }

  private void table(String name, Table table) {
    if (wide) {
      line("%s=     %016x %08x".formatted(name, table.base(), table.limit()));
    } else {
      line("%s=     %08x %08x".formatted(name, (int) table.base(), table.limit()));
    }
  }

  private void control() {
    SpecialRegisters s = state.special();
    if (wide) {
      line("CR0=%08x CR2=%016x CR3=%016x CR4=%08x".formatted((int) s.cr0(), s.cr2(), s.cr3(), (int) s.cr4()));
    } else {
      line("CR0=%08x CR2=%08x CR3=%08x CR4=%08x".formatted((int) s.cr0(), (int) s.cr2(), (int) s.cr3(), (int) s.cr4()));
    }
  }

  private void debug() {
    DebugRegisters d = state.debug();
    line("DR0=%016x DR1=%016x DR2=%016x DR3=%016x ".formatted(d.dr0(), d.dr1(), d.dr2(), d.dr3()));
    line("DR6=%016x DR7=%016x".formatted(d.dr6(), d.dr7()));
    line("EFER=%016x".formatted(state.special().efer()));
  }

  private void floating() {
    FloatingPoint f = state.floating();
    int top = f.statusWord() >> STATUS_TOP_SHIFT & 7;
    line("FCW=%04x FSW=%04x [ST=%d] FTW=%02x MXCSR=%08x".formatted(f.controlWord(), f.statusWord(), top, f.tags(),
        f.mxcsr()));
    List<FloatingPoint.Wide> stack = f.stack();
    for (int i = 0; i < stack.size(); i += 2) {
      line("FPR%d=%016x %04x FPR%d=%016x %04x".formatted(i, stack.get(i).low(), stack.get(i).high() & 0xffff, i + 1,
          stack.get(i + 1).low(), stack.get(i + 1).high() & 0xffff));
    }
    int vectors = wide ? f.vectors().size() : f.vectors().size() / 2;
    for (int i = 0; i < vectors; i += 2) {
      line("XMM%02d=%016x %016x XMM%02d=%016x %016x".formatted(i, f.vectors().get(i).high(), f.vectors().get(i).low(),
          i + 1,
          f.vectors().get(i + 1).high(), f.vectors().get(i + 1).low()));
    }
  }

  private void line(String line) { text.append(line).append('\n'); }
}

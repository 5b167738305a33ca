package org.ballastvm.vmm.dump;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.ballastvm.kvm.Registers;
import org.ballastvm.kvm.SpecialRegisters;
import org.ballastvm.kvm.SpecialRegisters.Segment;
import org.ballastvm.kvm.SpecialRegisters.Table;
import org.ballastvm.kvm.Vcpu;

/** Notes of a core file: registers, and what the guest's kernel says of itself. */
final class CoreNotes {
  private static final int PRSTATUS = 1;
  /** {@code struct elf_prstatus} of x86-64, linux/elfcore.h. */
  private static final int PRSTATUS_BYTES = 336;
  private static final int PRSTATUS_PID = 32;
  private static final int PRSTATUS_REGISTERS = 112;
  /** {@code QEMUCPUState}, target/i386/arch_dump.c: tools find the kernel by its control registers. */
  private static final int QEMU_STATE_BYTES = 440;
  private static final int QEMU_VERSION = 1;
  private static final int MSR_KERNEL_GS_BASE = 0xc000_0102;
  private static final int ALIGN = 4;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A note for each vCPU, then one of QEMU's for each. */
  static byte[] of(List<Vcpu> vcpus) {
    CoreNotes notes = new CoreNotes();
    for (Vcpu vcpu : vcpus) {
      notes.add("CORE", PRSTATUS, status(vcpu));
    }
    for (Vcpu vcpu : vcpus) {
      notes.add("QEMU", 0, state(vcpu));
    }
    return notes.out.toByteArray();
  }

  /** A note that holds what the guest's kernel says of itself. */
  static byte[] coreInfo(byte[] text) {
    CoreNotes notes = new CoreNotes();
    notes.add("VMCOREINFO", 0, text);
    return notes.out.toByteArray();
  }

  private void add(String name, int type, byte[] content) {
    byte[] named = (name + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] head = new byte[12];
    buffer(head).putInt(named.length).putInt(content.length).putInt(type);
    out.writeBytes(head);
    padded(named);
    padded(content);
  }

  private void padded(byte[] bytes) {
    out.writeBytes(bytes);
    out.writeBytes(new byte[-bytes.length & ALIGN - 1]);
  }

  private static ByteBuffer buffer(byte[] bytes) { return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN); }

  private static byte[] status(Vcpu vcpu) {
    Registers r = vcpu.registers().getGeneral();
    SpecialRegisters s = vcpu.registers().getSpecial();
    byte[] bytes = new byte[PRSTATUS_BYTES];
    ByteBuffer note = buffer(bytes);
    note.putInt(PRSTATUS_PID, vcpu.id() + 1);
    note.position(PRSTATUS_REGISTERS);
    note.putLong(r.r15()).putLong(r.r14()).putLong(r.r13()).putLong(r.r12()).putLong(r.rbp()).putLong(r.rbx());
    note.putLong(r.r11()).putLong(r.r10()).putLong(r.r9()).putLong(r.r8()).putLong(r.rax()).putLong(r.rcx());
    note.putLong(r.rdx()).putLong(r.rsi()).putLong(r.rdi()).putLong(r.rax()).putLong(r.rip());
    note.putLong(s.cs().selector()).putLong(r.rflags()).putLong(r.rsp()).putLong(s.ss().selector());
    note.putLong(s.fs().base()).putLong(s.gs().base()).putLong(s.ds().selector()).putLong(s.es().selector());
    note.putLong(s.fs().selector()).putLong(s.gs().selector());
    return bytes;
  }

  private static byte[] state(Vcpu vcpu) {
    Registers r = vcpu.registers().getGeneral();
    SpecialRegisters s = vcpu.registers().getSpecial();
    byte[] bytes = new byte[QEMU_STATE_BYTES];
    ByteBuffer note = buffer(bytes);
    note.putInt(QEMU_VERSION).putInt(QEMU_STATE_BYTES);
    note.putLong(r.rax()).putLong(r.rbx()).putLong(r.rcx()).putLong(r.rdx()).putLong(r.rsi()).putLong(r.rdi());
    note.putLong(r.rsp()).putLong(r.rbp()).putLong(r.r8()).putLong(r.r9()).putLong(r.r10()).putLong(r.r11());
    note.putLong(r.r12()).putLong(r.r13()).putLong(r.r14()).putLong(r.r15()).putLong(r.rip()).putLong(r.rflags());
    for (Segment segment : new Segment[]{s.cs(), s.ds(), s.es(), s.fs(), s.gs(), s.ss(), s.ldt(), s.tr()}) {
      note.putInt(segment.selector()).putInt(segment.limit()).putInt(flags(segment)).putInt(0)
          .putLong(segment.base());
    }
    for (Table table : new Table[]{s.gdt(), s.idt()}) {
      note.putInt(0).putInt(table.limit()).putInt(0).putInt(0).putLong(table.base());
    }
    note.putLong(s.cr0()).putLong(0).putLong(s.cr2()).putLong(s.cr3()).putLong(s.cr4());
    note.putLong(vcpu.msrs().get(MSR_KERNEL_GS_BASE));
    return bytes;
  }

  /** As in the upper half of a descriptor. */
  private static int flags(Segment s) {
    return s.type() << 8 | s.s() << 12 | s.dpl() << 13 | s.present() << 15 | s.l() << 21 | s.db() << 22 | s.g() << 23;
  }
}

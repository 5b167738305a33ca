package org.ballastvm.vmm.gdb;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import org.ballastvm.kvm.OpaqueState;
import org.ballastvm.kvm.Registers;
import org.ballastvm.kvm.SpecialRegisters;
import org.ballastvm.kvm.SpecialRegisters.Segment;
import org.ballastvm.kvm.Vcpu;

/** The registers of one vCPU that stands still, as the bytes of {@link Registers64}, in and out. */
final class RegisterFile {
  private static final int MSR_KERNEL_GS_BASE = 0xc000_0102;
  private static final long PROTECTED = 1;
  /** Where XSAVE says which of its components are not in their first state: Intel SDM volume 1, 13.4.2. */
  private static final int XSAVE_PRESENT = 512;
  private static final int X87_AND_SSE = 3;

  private final Vcpu vcpu;

  RegisterFile(Vcpu vcpu) { this.vcpu = vcpu; }

  byte[] read() {
    ByteBuffer out = ByteBuffer.allocate(Registers64.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    SpecialRegisters s = vcpu.registers().getSpecial();
    general(out, vcpu.registers().getGeneral());
    for (Segment segment : new Segment[]{s.cs(), s.ss(), s.ds(), s.es(), s.fs(), s.gs()}) {
      out.putInt(segment.selector());
    }
    FloatingArea area = new FloatingArea(vcpu.registers().getXsave().toByteArray());
    area.read(out);
    out.putLong(s.fs().base()).putLong(s.gs().base()).putLong(vcpu.msrs().get(MSR_KERNEL_GS_BASE));
    out.putLong(s.cr0()).putLong(s.cr2()).putLong(s.cr3()).putLong(s.cr4()).putLong(s.cr8()).putLong(s.efer());
    return out.array();
  }

  private static void general(ByteBuffer out, Registers r) {
    out.putLong(r.rax()).putLong(r.rbx()).putLong(r.rcx()).putLong(r.rdx()).putLong(r.rsi()).putLong(r.rdi());
    out.putLong(r.rbp()).putLong(r.rsp()).putLong(r.r8()).putLong(r.r9()).putLong(r.r10()).putLong(r.r11());
    out.putLong(r.r12()).putLong(r.r13()).putLong(r.r14()).putLong(r.r15()).putLong(r.rip()).putInt((int) r.rflags());
  }

  /** Writes what differs from what is there. */
  void write(byte[] bytes) {
    byte[] before = read();
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int special = Registers64.offset(indexOf("cs"));
    int floating = Registers64.offset(indexOf("st0"));
    int bases = Registers64.offset(indexOf("fs_base"));
    Registers general = general(in);
    if (differ(before, bytes, 0, special)) {
      vcpu.registers().setGeneral(general);
    }
    int[] selectors = new int[6];
    for (int i = 0; i < selectors.length; i++) {
      selectors[i] = in.getInt();
    }
    if (differ(before, bytes, floating, bases)) {
      byte[] area = vcpu.registers().getXsave().toByteArray();
      new FloatingArea(area).write(in.position(floating));
      area[XSAVE_PRESENT] |= X87_AND_SSE;
      vcpu.registers().setXsave(new OpaqueState(area));
    }
    if (differ(before, bytes, special, floating) || differ(before, bytes, bases, bytes.length)) {
      special(in.position(bases), selectors);
    }
  }

  private static int indexOf(String name) {
    return Registers64.ALL.stream().map(Registers64.Register::name).toList().indexOf(name);
  }

  private static boolean differ(byte[] one, byte[] other, int from, int to) {
    return !Arrays.equals(one, from, to, other, from, to);
  }

  private static Registers general(ByteBuffer in) {
    long rax = in.getLong();
    long rbx = in.getLong();
    long rcx = in.getLong();
    long rdx = in.getLong();
    long rsi = in.getLong();
    long rdi = in.getLong();
    long rbp = in.getLong();
    long rsp = in.getLong();
    return new Registers(rax, rbx, rcx, rdx, rsi, rdi, rsp, rbp, in.getLong(), in.getLong(), in.getLong(), in.getLong(),
        in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong(),
        Integer.toUnsignedLong(in.getInt()) | Registers.FLAGS_RESERVED);
  }

  private void special(ByteBuffer in, int[] selectors) {
    SpecialRegisters s = vcpu.registers().getSpecial();
    long fsBase = in.getLong();
    long gsBase = in.getLong();
    vcpu.msrs().set(Map.of(MSR_KERNEL_GS_BASE, in.getLong()));
    long cr0 = in.getLong();
    boolean real = (s.cr0() & PROTECTED) == 0;
    Segment fs = selected(s.fs(), selectors[4], real);
    Segment gs = selected(s.gs(), selectors[5], real);
    vcpu.registers().setSpecial(new SpecialRegisters(selected(s.cs(), selectors[0], real),
        selected(s.ds(), selectors[2], real), selected(s.es(), selectors[3], real),
        fsBase == s.fs().base() ? fs : at(fs, fsBase), gsBase == s.gs().base() ? gs : at(gs, gsBase),
        selected(s.ss(), selectors[1], real), s.tr(), s.ldt(), s.gdt(), s.idt(), cr0, in.getLong(), in.getLong(),
        in.getLong(), in.getLong(), in.getLong(), s.apicBase()));
  }

  /** Outside of real mode the rest of a segment comes from a table, and stays as it is. */
  private static Segment selected(Segment old, int selector, boolean real) {
    if (old.selector() == selector) {
      return old;
    }
    return new Segment(real ? (selector & 0xffffL) << 4 : old.base(), old.limit(), selector & 0xffff, old.type(),
        old.present(), old.dpl(), old.db(), old.s(), old.l(), old.g());
  }

  private static Segment at(Segment old, long base) {
    return new Segment(base, old.limit(), old.selector(), old.type(), old.present(), old.dpl(), old.db(), old.s(),
        old.l(), old.g());
  }
}

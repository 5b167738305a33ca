package org.ballastvm.kvm;

import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.SpecialRegisters.Segment;
import org.ballastvm.kvm.SpecialRegisters.Table;
import org.ballastvm.kvm.generated.kvm_dtable;
import org.ballastvm.kvm.generated.kvm_segment;
import org.ballastvm.kvm.generated.kvm_sregs;

/** {@link SpecialRegisters} to and from {@code struct kvm_sregs}. */
final class SpecialRegisterCodec {
  private SpecialRegisterCodec() {}

  static SpecialRegisters read(MemorySegment s) {
    return new SpecialRegisters(segment(kvm_sregs.cs(s)), segment(kvm_sregs.ds(s)), segment(kvm_sregs.es(s)),
        segment(kvm_sregs.fs(s)), segment(kvm_sregs.gs(s)), segment(kvm_sregs.ss(s)), segment(kvm_sregs.tr(s)),
        segment(kvm_sregs.ldt(s)), table(kvm_sregs.gdt(s)), table(kvm_sregs.idt(s)), kvm_sregs.cr0(s), kvm_sregs.cr2(s),
        kvm_sregs.cr3(s), kvm_sregs.cr4(s), kvm_sregs.cr8(s), kvm_sregs.efer(s), kvm_sregs.apic_base(s));
  }

  static void write(MemorySegment s, SpecialRegisters value) {
    put(kvm_sregs.cs(s), value.cs());
    put(kvm_sregs.ds(s), value.ds());
    put(kvm_sregs.es(s), value.es());
    put(kvm_sregs.fs(s), value.fs());
    put(kvm_sregs.gs(s), value.gs());
    put(kvm_sregs.ss(s), value.ss());
    put(kvm_sregs.tr(s), value.tr());
    put(kvm_sregs.ldt(s), value.ldt());
    put(kvm_sregs.gdt(s), value.gdt());
    put(kvm_sregs.idt(s), value.idt());
    kvm_sregs.cr0(s, value.cr0());
    kvm_sregs.cr2(s, value.cr2());
    kvm_sregs.cr3(s, value.cr3());
    kvm_sregs.cr4(s, value.cr4());
    kvm_sregs.cr8(s, value.cr8());
    kvm_sregs.efer(s, value.efer());
    kvm_sregs.apic_base(s, value.apicBase());
  }

  private static Segment segment(MemorySegment s) {
    return new Segment(kvm_segment.base(s), kvm_segment.limit(s), kvm_segment.selector(s) & 0xffff, kvm_segment.type(s),
        kvm_segment.present(s), kvm_segment.dpl(s), kvm_segment.db(s), kvm_segment.s(s), kvm_segment.l(s),
        kvm_segment.g(s));
  }

  private static void put(MemorySegment s, Segment value) {
    s.fill((byte) 0);
    kvm_segment.base(s, value.base());
    kvm_segment.limit(s, value.limit());
    kvm_segment.selector(s, (short) value.selector());
    kvm_segment.type(s, (byte) value.type());
    kvm_segment.present(s, (byte) value.present());
    kvm_segment.dpl(s, (byte) value.dpl());
    kvm_segment.db(s, (byte) value.db());
    kvm_segment.s(s, (byte) value.s());
    kvm_segment.l(s, (byte) value.l());
    kvm_segment.g(s, (byte) value.g());
    kvm_segment.unusable(s, (byte) (value.present() == 0 ? 1 : 0));
  }

  private static Table table(MemorySegment s) { return new Table(kvm_dtable.base(s), kvm_dtable.limit(s) & 0xffff); }

  private static void put(MemorySegment s, Table value) {
    kvm_dtable.base(s, value.base());
    kvm_dtable.limit(s, (short) value.limit());
  }
}

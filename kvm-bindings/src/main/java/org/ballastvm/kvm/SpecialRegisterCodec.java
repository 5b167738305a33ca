package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get16;
import static org.ballastvm.kvm.Fields.get32;
import static org.ballastvm.kvm.Fields.get64;
import static org.ballastvm.kvm.Fields.get8;
import static org.ballastvm.kvm.Fields.set16;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.Fields.set64;
import static org.ballastvm.kvm.Fields.set8;

import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.SpecialRegisters.Segment;
import org.ballastvm.kvm.SpecialRegisters.Table;
import org.ballastvm.kvm.generated.Offsets.kvm_dtable;
import org.ballastvm.kvm.generated.Offsets.kvm_segment;
import org.ballastvm.kvm.generated.Offsets.kvm_sregs;

/** {@link SpecialRegisters} to and from {@code struct kvm_sregs}. */
final class SpecialRegisterCodec {
  private SpecialRegisterCodec() {}

  static SpecialRegisters read(MemorySegment s) {
    return new SpecialRegisters(segment(s.asSlice(kvm_sregs.cs, kvm_segment.SIZE)),
        segment(s.asSlice(kvm_sregs.ds, kvm_segment.SIZE)), segment(s.asSlice(kvm_sregs.es, kvm_segment.SIZE)),
        segment(s.asSlice(kvm_sregs.fs, kvm_segment.SIZE)), segment(s.asSlice(kvm_sregs.gs, kvm_segment.SIZE)),
        segment(s.asSlice(kvm_sregs.ss, kvm_segment.SIZE)), segment(s.asSlice(kvm_sregs.tr, kvm_segment.SIZE)),
        segment(s.asSlice(kvm_sregs.ldt, kvm_segment.SIZE)), table(s.asSlice(kvm_sregs.gdt, kvm_dtable.SIZE)),
        table(s.asSlice(kvm_sregs.idt, kvm_dtable.SIZE)), get64(s, kvm_sregs.cr0), get64(s, kvm_sregs.cr2),
        get64(s, kvm_sregs.cr3), get64(s, kvm_sregs.cr4), get64(s, kvm_sregs.cr8), get64(s, kvm_sregs.efer),
        get64(s, kvm_sregs.apic_base));
  }

  static void write(MemorySegment s, SpecialRegisters value) {
    put(s.asSlice(kvm_sregs.cs, kvm_segment.SIZE), value.cs());
    put(s.asSlice(kvm_sregs.ds, kvm_segment.SIZE), value.ds());
    put(s.asSlice(kvm_sregs.es, kvm_segment.SIZE), value.es());
    put(s.asSlice(kvm_sregs.fs, kvm_segment.SIZE), value.fs());
    put(s.asSlice(kvm_sregs.gs, kvm_segment.SIZE), value.gs());
    put(s.asSlice(kvm_sregs.ss, kvm_segment.SIZE), value.ss());
    put(s.asSlice(kvm_sregs.tr, kvm_segment.SIZE), value.tr());
    put(s.asSlice(kvm_sregs.ldt, kvm_segment.SIZE), value.ldt());
    put(s.asSlice(kvm_sregs.gdt, kvm_dtable.SIZE), value.gdt());
    put(s.asSlice(kvm_sregs.idt, kvm_dtable.SIZE), value.idt());
    set64(s, kvm_sregs.cr0, value.cr0());
    set64(s, kvm_sregs.cr2, value.cr2());
    set64(s, kvm_sregs.cr3, value.cr3());
    set64(s, kvm_sregs.cr4, value.cr4());
    set64(s, kvm_sregs.cr8, value.cr8());
    set64(s, kvm_sregs.efer, value.efer());
    set64(s, kvm_sregs.apic_base, value.apicBase());
  }

  private static Segment segment(MemorySegment s) {
    return new Segment(get64(s, kvm_segment.base), get32(s, kvm_segment.limit), get16(s, kvm_segment.selector) & 0xffff,
        get8(s, kvm_segment.type),
        get8(s, kvm_segment.present), get8(s, kvm_segment.dpl), get8(s, kvm_segment.db), get8(s, kvm_segment.s),
        get8(s, kvm_segment.l),
        get8(s, kvm_segment.g));
  }

  private static void put(MemorySegment s, Segment value) {
    s.fill((byte) 0);
    set64(s, kvm_segment.base, value.base());
    set32(s, kvm_segment.limit, value.limit());
    set16(s, kvm_segment.selector, (short) value.selector());
    set8(s, kvm_segment.type, (byte) value.type());
    set8(s, kvm_segment.present, (byte) value.present());
    set8(s, kvm_segment.dpl, (byte) value.dpl());
    set8(s, kvm_segment.db, (byte) value.db());
    set8(s, kvm_segment.s, (byte) value.s());
    set8(s, kvm_segment.l, (byte) value.l());
    set8(s, kvm_segment.g, (byte) value.g());
    set8(s, kvm_segment.unusable, (byte) (value.present() == 0 ? 1 : 0));
  }

  private static Table table(MemorySegment s) {
    return new Table(get64(s, kvm_dtable.base), get16(s, kvm_dtable.limit) & 0xffff);
  }

  private static void put(MemorySegment s, Table value) {
    set64(s, kvm_dtable.base, value.base());
    set16(s, kvm_dtable.limit, (short) value.limit());
  }
}

package org.ballastvm.kvm;

/**
 * The segment and control registers of a vCPU: {@code struct kvm_sregs}, asm/kvm.h.
 *
 * @param cs code segment
 * @param ds data segment
 * @param es data segment
 * @param fs data segment
 * @param gs data segment
 * @param ss stack segment
 * @param tr task register
 * @param ldt local descriptor table
 * @param gdt global descriptor table
 * @param idt interrupt descriptor table
 * @param cr0 control register
 * @param cr2 control register
 * @param cr3 control register
 * @param cr4 control register
 * @param cr8 control register
 * @param efer extended features
 * @param apicBase the LAPIC's address and mode
 */
public record SpecialRegisters(Segment cs, Segment ds, Segment es, Segment fs, Segment gs, Segment ss, Segment tr,
    Segment ldt, Table gdt, Table idt, long cr0, long cr2, long cr3, long cr4, long cr8, long efer, long apicBase) {
  /**
   * A segment register with its hidden part: {@code struct kvm_segment}.
   *
   * @param base linear address
   * @param limit last offset, in bytes
   * @param selector what the guest sees
   * @param type 0 to 15, Intel SDM volume 3, 3.4.5.1
   * @param present 0 or 1
   * @param dpl 0 to 3
   * @param db 1 for 32-bit
   * @param s 1 for code and data
   * @param l 1 for 64-bit code
   * @param g 1 if the limit counted pages
   */
  public record Segment(long base, int limit, int selector, int type, int present, int dpl, int db, int s, int l,
      int g) {}

  /**
   * A descriptor table register: {@code struct kvm_dtable}.
   *
   * @param base linear address
   * @param limit last offset, in bytes
   */
  public record Table(long base, int limit) {}
}

package org.ballastvm.vmm.boot;

import org.ballastvm.kvm.Registers;
import org.ballastvm.kvm.SpecialRegisters;
import org.ballastvm.kvm.SpecialRegisters.Segment;
import org.ballastvm.kvm.SpecialRegisters.Table;

/**
 * The state in which the first vCPU enters what was loaded.
 *
 * @param registers general registers
 * @param mode how addresses and instructions are read
 * @param pageTables guest physical address of the top page table, where the mode has paging
 * @param gdt guest physical address of the descriptor table, where the mode needs one in memory
 */
public record CpuStart(Registers registers, Mode mode, long pageTables, long gdt) {
  private static final long CR0_PROTECTION = 1;
  private static final long CR0_NUMERIC_ERROR = 1 << 5;
  private static final long CR0_EXTENSION_TYPE = 1 << 4;
  private static final long CR0_PAGING = 1L << 31;
  private static final long CR4_PHYSICAL_ADDRESS_EXTENSION = 1 << 5;
  private static final long EFER_LONG_MODE_ENABLED = 1 << 8;
  private static final long EFER_LONG_MODE_ACTIVE = 1 << 10;
  private static final int CODE = 11; // execute, read, accessed
  private static final int DATA = 3; // read, write, accessed
  private static final int BUSY_TSS = 11;
  private static final int LDT = 2;
  private static final int GDT_LIMIT = 4 * 8 - 1;

  /** How a vCPU is entered. */
  public enum Mode {
    /** 32-bit, flat, no paging: PVH. */
    PROTECTED,
    /** 64-bit, mapped one to one. */
    LONG
  }

  /**
   * The segment and control registers of this state.
   *
   * @param apicBase to keep
   * @return all of them
   */
  public SpecialRegisters specialRegisters(long apicBase) {
    boolean wide = mode == Mode.LONG;
    Segment code = new Segment(0, -1, 0x10, CODE, 1, 0, wide ? 0 : 1, 1, wide ? 1 : 0, 1);
    Segment data = new Segment(0, -1, 0x18, DATA, 1, 0, 1, 1, 0, 1);
    Segment task = new Segment(0, 0x67, 0, BUSY_TSS, 1, 0, 0, 0, 0, 0);
    Segment local = new Segment(0, 0xffff, 0, LDT, 1, 0, 0, 0, 0, 0);
    long cr0 = CR0_PROTECTION | CR0_EXTENSION_TYPE | (wide ? CR0_PAGING | CR0_NUMERIC_ERROR : 0);
    return new SpecialRegisters(code, data, data, data, data, data, task, local,
        new Table(gdt, gdt == 0 ? 0 : GDT_LIMIT),
        new Table(0, 0), cr0, 0, pageTables, wide ? CR4_PHYSICAL_ADDRESS_EXTENSION : 0, 0,
        wide ? EFER_LONG_MODE_ENABLED | EFER_LONG_MODE_ACTIVE : 0, apicBase);
  }
}

package org.ballastvm.vmm.acpi;

/**
 * The registers that the ACPI tables name and a device of the machine serves: the two must agree, so both read them here.
 *
 * <p>All of it is I/O ports below 0x1000, which the PCI root leaves to the machine's fixed devices.
 *
 * <pre>
 * 0x0505  byte   rw  pvpanic, QEMU's layout; served only by machines that have it
 * 0x0510  12     rw  fw_cfg, QEMU's layout; served only by machines that have files for it
 * 0x0600  dword  r   GED event selector: the pending events, all cleared by the read
 * 0x0604  byte   rw  sleep control (ACPI 6.5, 4.8.3.7)
 * 0x0605  byte   rw  sleep status  (ACPI 6.5, 4.8.3.7)
 * 0x0608  dword  r   PM timer (ACPI 6.5, 4.8.3.3), 24 bits; served only for kernels that must not use KVM's clock
 * 0x0a00  24     rw  memory hotplug, QEMU's layout
 * 0x0cc0  24     rw  PCI slot hotplug, QEMU's layout
 * 0x0cf9  byte   rw  reset control, as in PC chipsets; within PCI configuration's 0xcf8 dword, another width
 * </pre>
 */
public final class AcpiPorts {
  /** Base of the block that holds event selector, sleep control and sleep status. */
  public static final int BLOCK_BASE = 0x600;
  /** Length of that block in bytes; ports of it without a register read zero and ignore writes. */
  public static final int BLOCK_BYTES = 8;

  /** Event selector: a dword of the {@code GED_*} bits. A read returns and clears them; writes are ignored. */
  public static final int GED_SELECTOR = BLOCK_BASE;
  /** Width of the event selector in bytes. */
  public static final int GED_SELECTOR_BYTES = 4;

  /** Event: a memory slot has something to say. */
  public static final int GED_MEMORY_HOTPLUG = 1 << 0;
  /** Event: the power button was pressed ({@code system_powerdown}). */
  public static final int GED_POWER_DOWN = 1 << 1;
  /** Event: a PCI slot has something to say. */
  public static final int GED_PCI_HOTPLUG = 1 << 4;
  /** Event: the machine is of another generation. */
  public static final int GED_GENERATION = 1 << 8;

  /** Sleep control, a byte: {@code SLP_EN} in bit 5, {@code SLP_TYP} in bits 4 to 2. */
  public static final int SLEEP_CONTROL = BLOCK_BASE + 4;
  /** Sleep status, a byte: {@code WAK_STS} in bit 7, cleared by writing one; reads zero as nothing here wakes. */
  public static final int SLEEP_STATUS = BLOCK_BASE + 5;
  /** {@code SLP_EN} of sleep control: set by the write that enters the sleep state. */
  public static final int SLEEP_ENABLE = 1 << 5;
  /** Where {@code SLP_TYP} stands in sleep control. */
  public static final int SLEEP_TYPE_SHIFT = 2;
  /** The three bits of {@code SLP_TYP}, in place. */
  public static final int SLEEP_TYPE_MASK = 7 << SLEEP_TYPE_SHIFT;
  /** {@code SLP_TYP} of S5 (soft off), the only sleep state there is; {@code \_S5} returns it. */
  public static final int SLEEP_TYPE_S5 = 5;

  /** The PM timer, a dword: counts at {@link #PM_TIMER_HZ}, and wraps after 24 bits. */
  public static final int PM_TIMER = BLOCK_BASE + 8;
  /** Width of the PM timer's register in bytes. */
  public static final int PM_TIMER_BYTES = 4;
  /** How often the PM timer counts in a second. */
  public static final int PM_TIMER_HZ = 3_579_545;

  /** Reset control, a byte: the write that sets {@link #RESET_CPU} resets the machine. */
  public static final int RESET_CONTROL = 0xcf9;
  /** Bit 2 of reset control. */
  public static final int RESET_CPU = 1 << 2;
  /** What a guest writes to reset control, by the FADT: a full reset. */
  public static final int RESET_VALUE = 0x06;

  /** Base of the memory hotplug registers; served only by machines with memory slots. */
  public static final int MEMORY_HOTPLUG_BASE = 0xa00;
  /** Length of the memory hotplug registers in bytes. */
  public static final int MEMORY_HOTPLUG_BYTES = 0x18;
  /** Base of the PCI slot hotplug registers. */
  public static final int PCI_HOTPLUG_BASE = 0xcc0;
  /** Length of the PCI slot hotplug registers in bytes. */
  public static final int PCI_HOTPLUG_BYTES = 0x18;

  /** The pvpanic device's port. */
  public static final int PANIC = 0x505;

  /** Base of the fw_cfg device. */
  public static final int FW_CFG = 0x510;
  /** Length of the fw_cfg device in bytes. */
  public static final int FW_CFG_BYTES = 12;

  /** The line that announces events: edge-triggered, active high. Raise it, then lower it, after setting the event's bit. */
  public static final int GED_GSI = 9;

  /** Index of the CMOS clock's century byte. */
  public static final int CMOS_CENTURY = 0x32;

  private AcpiPorts() {}

  /** Whether {@code value}, written to {@link #SLEEP_CONTROL}, asks for soft off. */
  public static boolean isSoftOff(int value) {
    return (value & SLEEP_ENABLE) != 0 && (value & SLEEP_TYPE_MASK) >> SLEEP_TYPE_SHIFT == SLEEP_TYPE_S5;
  }

  /** Whether {@code value}, written to {@link #RESET_CONTROL}, asks for a reset. */
  public static boolean isReset(int value) {
    return (value & RESET_CPU) != 0;
  }
}

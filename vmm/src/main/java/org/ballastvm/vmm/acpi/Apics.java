package org.ballastvm.vmm.acpi;

/** Where guests find interrupt controllers: the addresses that KVM gives them. Source: asm/apicdef.h. */
final class Apics {
  /** The guest-physical address of the local APICs. */
  static final long LOCAL_APIC_BASE = 0xfee00000L;
  /** The guest-physical address of the I/O APIC. */
  static final long IO_APIC_BASE = 0xfec00000L;

  private Apics() {}
}

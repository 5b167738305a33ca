package org.ballastvm.kvm;

import org.ballastvm.kvm.generated.Host;

/** Where a global system interrupt goes: {@code struct kvm_irq_routing_entry}, linux/kvm.h. */
public sealed interface GsiRoute {
  /** {@return the interrupt's number} */
  int gsi();

  /** Which of the in-kernel controllers. */
  enum Chip {
    /** Interrupts 0 to 7. */
    PIC_MASTER(Host.KVM_IRQCHIP_PIC_MASTER()),
    /** Interrupts 8 to 15. */
    PIC_SLAVE(Host.KVM_IRQCHIP_PIC_SLAVE()),
    /** 24 pins. */
    IOAPIC(Host.KVM_IRQCHIP_IOAPIC());

    final int id;

    Chip(int id) { this.id = id; }
  }

  /**
   * To a pin.
   *
   * @param gsi the interrupt's number
   * @param chip the controller
   * @param pin 0 to 7, or 0 to 23
   */
  record Pin(int gsi, Chip chip, int pin) implements GsiRoute {}

  /**
   * To a message.
   *
   * @param gsi the interrupt's number
   * @param address the message's address
   * @param data the message
   */
  record Msi(int gsi, long address, int data) implements GsiRoute {}
}

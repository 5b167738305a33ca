package org.ballastvm.kvm;

import org.ballastvm.kvm.generated.Host;

/** What a host's KVM may or may not have: {@code KVM_CAP_*} of linux/kvm.h, those that Ballast asks for. */
public enum KvmCap {
  /** In-kernel PIC, IOAPIC and LAPIC. */
  IRQCHIP(Host.KVM_CAP_IRQCHIP()),
  /** Memory slots backed by this process's memory. */
  USER_MEMORY(Host.KVM_CAP_USER_MEMORY()),
  /** CPUID tables. */
  EXT_CPUID(Host.KVM_CAP_EXT_CPUID()),
  /** vCPUs that are advised at most. */
  NR_VCPUS(Host.KVM_CAP_NR_VCPUS()),
  /** vCPUs that are possible at most. */
  MAX_VCPUS(Host.KVM_CAP_MAX_VCPUS()),
  /** Memory slots that are possible at most. */
  NR_MEMSLOTS(Host.KVM_CAP_NR_MEMSLOTS()),
  /** Writes of guests that wait in a ring; the number of the ring's page in a vCPU's mapping. */
  COALESCED_MMIO(Host.KVM_CAP_COALESCED_MMIO()),
  /** The same for I/O ports. */
  COALESCED_PIO(Host.KVM_CAP_COALESCED_PIO()),
  /** In-kernel PIT. */
  PIT2(Host.KVM_CAP_PIT2()),
  /** The in-kernel PIT can be made to drop ticks that a guest has missed. */
  REINJECT_CONTROL(Host.KVM_CAP_REINJECT_CONTROL()),
  /** KVM_GET_XSAVE2; the size of a vCPU's XSAVE area in bytes. */
  XSAVE2(Host.KVM_CAP_XSAVE2()),
  /** vCPUs can be debugged from outside. */
  SET_GUEST_DEBUG(Host.KVM_CAP_SET_GUEST_DEBUG()),
  /** By which means, a bit for each. */
  SET_GUEST_DEBUG2(Host.KVM_CAP_SET_GUEST_DEBUG2()),
  /** Interrupts raised by an eventfd. */
  IRQFD(Host.KVM_CAP_IRQFD()),
  /** Level interrupts raised by an eventfd. */
  IRQFD_RESAMPLE(Host.KVM_CAP_IRQFD_RESAMPLE()),
  /** Doorbells that raise an eventfd. */
  IOEVENTFD(Host.KVM_CAP_IOEVENTFD()),
  /** Doorbells for writes of any width. */
  IOEVENTFD_ANY_LENGTH(Host.KVM_CAP_IOEVENTFD_ANY_LENGTH()),
  /** A table of where GSIs go. */
  IRQ_ROUTING(Host.KVM_CAP_IRQ_ROUTING()),
  /** A message-signalled interrupt by one call. */
  SIGNAL_MSI(Host.KVM_CAP_SIGNAL_MSI()),
  /** The LAPIC timer counts TSC cycles. */
  TSC_DEADLINE_TIMER(Host.KVM_CAP_TSC_DEADLINE_TIMER()),
  /** KVM_RUN can be made to come back at once. */
  IMMEDIATE_EXIT(Host.KVM_CAP_IMMEDIATE_EXIT()),
  /** KVM_GET_TSC_KHZ. */
  GET_TSC_KHZ(Host.KVM_CAP_GET_TSC_KHZ()),
  /** The clock that kvmclock reads can be read and set. */
  ADJUST_CLOCK(Host.KVM_CAP_ADJUST_CLOCK()),
  /** Memory slots that the guest cannot write. */
  READONLY_MEM(Host.KVM_CAP_READONLY_MEM()),
  /** A VM can be made without performance counters. */
  PMU_CAPABILITY(Host.KVM_CAP_PMU_CAPABILITY()),
  /** Dirty logs that stay as they are when they are read. */
  MANUAL_DIRTY_LOG_PROTECT2(Host.KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2());

  final int code;

  KvmCap(int code) { this.code = code; }
}

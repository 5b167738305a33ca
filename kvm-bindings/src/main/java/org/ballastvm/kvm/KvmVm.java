package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.Fields.set64;
import static org.ballastvm.kvm.Fields.set8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.kvm_coalesced_mmio_zone;
import org.ballastvm.kvm.generated.Offsets.kvm_enable_cap;
import org.ballastvm.kvm.generated.Offsets.kvm_ioeventfd;
import org.ballastvm.kvm.generated.Offsets.kvm_irq_routing;
import org.ballastvm.kvm.generated.Offsets.kvm_irq_routing_entry;
import org.ballastvm.kvm.generated.Offsets.kvm_irq_routing_irqchip;
import org.ballastvm.kvm.generated.Offsets.kvm_irq_routing_msi;
import org.ballastvm.kvm.generated.Offsets.kvm_irqfd;
import org.ballastvm.kvm.generated.Offsets.kvm_pit_config;
import org.ballastvm.kvm.generated.Offsets.kvm_reinject_control;
import org.ballastvm.kvm.generated.Offsets.kvm_userspace_memory_region;

/** A VM of the host's KVM. Safe for several threads. It lives on in the kernel until its vCPUs are closed too. */
public final class KvmVm implements AutoCloseable {
  private static final long ROUTES_OFFSET = kvm_irq_routing.SIZE;
  /** {@code KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE}, linux/kvm.h. */
  private static final long MANUAL_PROTECT_ENABLE = 1;

  private final KvmFile file;
  private final int runBytes;
  private final VmChips chips;
  private final CoalescedRing coalesced = new CoalescedRing();

  KvmVm(KvmFile file, int runBytes) {
    this.file = file;
    this.chips = new VmChips(file);
    this.runBytes = runBytes;
  }

  /** {@return what its in-kernel devices hold} */
  public VmChips chips() { return chips; }

  /**
   * KVM_CHECK_EXTENSION, for this VM.
   *
   * @param cap what is asked for
   * @return 0 where it is missing
   */
  public int checkExtension(KvmCap cap) {
    return (int) file.ioctl(Host.KVM_CHECK_EXTENSION(), cap.code, "KVM_CHECK_EXTENSION " + cap);
  }

  /**
   * KVM_SET_TSS_ADDR: three pages that Intel hosts need for real mode.
   *
   * @param gpa below 4 GiB, away from memory and devices
   */
  public void setTssAddress(long gpa) { file.ioctl(Host.KVM_SET_TSS_ADDR(), gpa, "KVM_SET_TSS_ADDR"); }

  /**
   * KVM_SET_IDENTITY_MAP_ADDR: one page that Intel hosts need for real mode.
   *
   * @param gpa below 4 GiB, away from memory and devices
   */
  public void setIdentityMapAddress(long gpa) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocateFrom(java.lang.foreign.ValueLayout.JAVA_LONG, gpa);
      file.ioctl(Host.KVM_SET_IDENTITY_MAP_ADDR(), address, "KVM_SET_IDENTITY_MAP_ADDR");
    }
  }

  /** KVM_CREATE_IRQCHIP: PIC, IOAPIC and, for vCPUs created later, LAPICs in the kernel. */
  public void createIrqChip() {
    file.ioctl(Host.KVM_CREATE_IRQCHIP(), 0, "KVM_CREATE_IRQCHIP");
  }

  /** KVM_CREATE_PIT2: the timer at ports 0x40 to 0x43, and the speaker port 0x61, in the kernel. */
  public void createPit2() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment config = arena.allocate(kvm_pit_config.SIZE, 8);
      set32(config, kvm_pit_config.flags, Host.KVM_PIT_SPEAKER_DUMMY());
      file.ioctl(Host.KVM_CREATE_PIT2(), config, "KVM_CREATE_PIT2");
    }
  }

  /**
   * Has the PIT drop ticks that the guest has missed, KVM_REINJECT_CONTROL, instead of making up for them. To make up for
   * them KVM listens to each end of an interrupt, and for that it keeps AMD's AVIC switched off as long as the VM lives
   * (arch/x86/kvm/i8254.c).
   *
   * @throws HostError ENOTTY or EINVAL where {@link KvmCap#REINJECT_CONTROL} is missing
   */
  public void dropMissedTicks() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment control = arena.allocate(kvm_reinject_control.SIZE, 8);
      set8(control, kvm_reinject_control.pit_reinject, (byte) 0);
      file.ioctl(Host.KVM_REINJECT_CONTROL(), control, "KVM_REINJECT_CONTROL");
    }
  }

  /**
   * Lets the guest see memory, KVM_SET_USER_MEMORY_REGION. Changes a slot that exists already.
   *
   * @param slot its number, below {@link KvmCap#NR_MEMSLOTS}
   * @param gpa guest physical address, a multiple of 4 KiB
   * @param mapping the memory
   * @param offsetBytes where in it the slot begins, a multiple of 4 KiB
   * @param sizeBytes a multiple of 4 KiB, above zero
   * @throws HostError EEXIST where it overlaps another slot, EINVAL, ENOMEM
   */
  public void setUserMemoryRegion(int slot, long gpa, HostMapping mapping, long offsetBytes, long sizeBytes) {
    setRegion(slot, 0, gpa, addressIn(slot, mapping, offsetBytes, sizeBytes), sizeBytes);
  }

  /**
   * Has KVM note which pages of a slot the guest writes to, KVM_SET_USER_MEMORY_REGION with KVM_MEM_LOG_DIRTY_PAGES, or
   * note it no more. A page is noted that is written to after the call, by any vCPU, or by KVM for one. The log begins
   * empty, and ends with the noting.
   *
   * @param slot the number of a slot that there is, with the same memory as below
   * @param gpa guest physical address of the slot
   * @param mapping the memory
   * @param offsetBytes where in it the slot begins
   * @param sizeBytes the slot's
   * @param on whether it is to be noted
   * @throws HostError ENOMEM, or EINVAL for other memory than the slot has
   */
  public void logDirtyPages(int slot, long gpa, HostMapping mapping, long offsetBytes, long sizeBytes, boolean on) {
    int flags = on ? (int) Host.KVM_MEM_LOG_DIRTY_PAGES() : 0;
    setRegion(slot, flags, gpa, addressIn(slot, mapping, offsetBytes, sizeBytes), sizeBytes);
  }

  private static long addressIn(int slot, HostMapping mapping, long offsetBytes, long sizeBytes) {
    if (offsetBytes < 0 || sizeBytes <= 0 || offsetBytes > mapping.sizeBytes() - sizeBytes) {
      throw new IndexOutOfBoundsException("slot " + slot + " of " + sizeBytes + " bytes at " + offsetBytes);
    }
    return mapping.address() + offsetBytes;
  }

  /**
   * Keeps what is noted in dirty logs until the noting ends, KVM_ENABLE_CAP of KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2: to read
   * a log changes nothing, and costs the guest nothing. Without it, reading empties the log.
   *
   * @throws HostError EINVAL where {@link KvmCap#MANUAL_DIRTY_LOG_PROTECT2} is missing (before Linux 5.0)
   */
  public void keepDirtyLogs() { enable(KvmCap.MANUAL_DIRTY_LOG_PROTECT2, MANUAL_PROTECT_ENABLE); }

  /**
   * Gives the VM's vCPUs no performance counters, KVM_ENABLE_CAP of KVM_CAP_PMU_CAPABILITY; before the first vCPU. Without
   * it, AMD's oldest counters are there whatever CPUID says.
   *
   * @throws HostError EINVAL where {@link KvmCap#PMU_CAPABILITY} is missing (before Linux 5.18)
   */
  public void disablePmu() { enable(KvmCap.PMU_CAPABILITY, Host.KVM_PMU_CAP_DISABLE()); }

  private void enable(KvmCap capability, long argument) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cap = arena.allocate(kvm_enable_cap.SIZE, 8);
      set32(cap, kvm_enable_cap.cap, capability.code);
      set64(cap, kvm_enable_cap.args, argument);
      file.ioctl(Host.KVM_ENABLE_CAP(), cap, "KVM_ENABLE_CAP " + capability);
    }
  }

  /**
   * Reads which pages of a slot were written to, KVM_GET_DIRTY_LOG. All that vCPUs wrote which are out of KVM_RUN is in
   * it. Allocates nothing.
   *
   * @param slot a slot whose writes are {@link #logDirtyPages noted}
   * @param log is filled: the bits of its words, lowest first, stand for the slot's pages of 4 KiB in order
   * @throws HostError ENOENT where nothing is noted
   */
  public void getDirtyLog(int slot, DirtyLog log) {
    MemorySegment request = log.request(slot);
    file.ioctl(Host.KVM_GET_DIRTY_LOG(), request, "KVM_GET_DIRTY_LOG");
  }

  /**
   * Takes memory away from the guest, KVM_SET_USER_MEMORY_REGION with no size.
   *
   * @param slot its number
   */
  public void removeUserMemoryRegion(int slot) { setRegion(slot, 0, 0, 0, 0); }

  private void setRegion(int slot, int flags, long gpa, long address, long sizeBytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment region = arena.allocate(kvm_userspace_memory_region.SIZE, 8);
      set32(region, kvm_userspace_memory_region.slot, slot);
      set32(region, kvm_userspace_memory_region.flags, flags);
      set64(region, kvm_userspace_memory_region.guest_phys_addr, gpa);
      set64(region, kvm_userspace_memory_region.memory_size, sizeBytes);
      set64(region, kvm_userspace_memory_region.userspace_addr, address);
      file.ioctl(Host.KVM_SET_USER_MEMORY_REGION(), region, "KVM_SET_USER_MEMORY_REGION slot " + slot + " at 0x"
          + Long.toHexString(gpa) + " of " + sizeBytes + " bytes");
    }
  }

  /**
   * Creates a vCPU, KVM_CREATE_VCPU.
   *
   * @param id its number and APIC id
   * @return the vCPU
   */
  public Vcpu createVcpu(int id) {
    return new Vcpu(new KvmFile(file.ioctl(Host.KVM_CREATE_VCPU(), id, "KVM_CREATE_VCPU " + id), "vCPU " + id), id,
        runBytes, checkExtension(KvmCap.XSAVE2), coalesced);
  }

  /**
   * Drives a pin of the in-kernel interrupt controllers, KVM_IRQ_LINE.
   *
   * @param gsi its number, 0 to 23
   * @param high whether it is asserted
   */
  public void setIrqLine(int gsi, boolean high) {
    file.ioctl(Host.KVM_IRQ_LINE(), FixedArguments.irqLevel(gsi, high), "KVM_IRQ_LINE");
  }

  /**
   * Makes an eventfd raise an interrupt, KVM_IRQFD.
   *
   * @param source what raises it
   * @param gsi the interrupt
   */
  public void assignIrqfd(EventFd source, int gsi) { irqfd(source, gsi, 0, null); }

  /**
   * Makes an eventfd assert a level interrupt that the guest's end-of-interrupt takes back, KVM_IRQFD with resampling.
   *
   * @param source what asserts it
   * @param gsi the interrupt
   * @param resample is raised at each end of interrupt; assert again if the cause still stands
   */
  public void assignIrqfd(EventFd source, int gsi, EventFd resample) {
    irqfd(source, gsi, Host.KVM_IRQFD_FLAG_RESAMPLE(), resample);
  }

  /**
   * Ends what {@link #assignIrqfd} began.
   *
   * @param source what raised it
   * @param gsi the interrupt
   */
  public void deassignIrqfd(EventFd source, int gsi) { irqfd(source, gsi, Host.KVM_IRQFD_FLAG_DEASSIGN(), null); }

  private void irqfd(EventFd source, int gsi, int flags, EventFd resample) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment irqfd = arena.allocate(kvm_irqfd.SIZE, 8);
      set32(irqfd, kvm_irqfd.fd, source.fd());
      set32(irqfd, kvm_irqfd.gsi, gsi);
      set32(irqfd, kvm_irqfd.flags, flags);
      if (resample != null) {
        set32(irqfd, kvm_irqfd.resamplefd, resample.fd());
      }
      file.ioctl(Host.KVM_IRQFD(), irqfd, "KVM_IRQFD gsi " + gsi);
    }
  }

  /**
   * Makes guest writes to an address raise an eventfd without an exit, KVM_IOEVENTFD.
   *
   * @param target what is raised
   * @param address the doorbell
   */
  public void assignIoeventfd(EventFd target, IoAddress address) { ioeventfd(target, address, 0); }

  /**
   * Ends what {@link #assignIoeventfd} began.
   *
   * @param target what was raised
   * @param address the doorbell
   */
  public void deassignIoeventfd(EventFd target, IoAddress address) {
    ioeventfd(target, address, Host.KVM_IOEVENTFD_FLAG_DEASSIGN());
  }

  private void ioeventfd(EventFd target, IoAddress address, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment doorbell = arena.allocate(kvm_ioeventfd.SIZE, 8);
      set64(doorbell, kvm_ioeventfd.addr, address.address());
      set32(doorbell, kvm_ioeventfd.len, address.lengthBytes());
      set32(doorbell, kvm_ioeventfd.fd, target.fd());
      set32(doorbell, kvm_ioeventfd.flags, flags | (address.port() ? Host.KVM_IOEVENTFD_FLAG_PIO() : 0));
      file.ioctl(Host.KVM_IOEVENTFD(), doorbell, "KVM_IOEVENTFD " + address);
    }
  }

  /**
   * Has KVM collect what guests write to an address, KVM_REGISTER_COALESCED_MMIO: a vCPU stays in the guest, and hands on
   * what was written before its next exit, see {@link Vcpu#takeCoalesced}.
   *
   * @param address where, and how many bytes from there on
   * @throws HostError ENOTTY or EINVAL where {@link KvmCap#COALESCED_MMIO}, or for ports {@link KvmCap#COALESCED_PIO}
   *         (before Linux 4.20), is missing
   */
  public void coalesceWrites(IoAddress address) {
    coalesced.beginsAt(checkExtension(KvmCap.COALESCED_MMIO)); // First: a vCPU may write before this thread comes back.
    coalescedZone(Host.KVM_REGISTER_COALESCED_MMIO(), "KVM_REGISTER_COALESCED_MMIO ", address);
  }

  /**
   * Ends what {@link #coalesceWrites} began. What was collected is still handed on.
   *
   * @param address where writes were collected
   */
  public void coalesceWritesNoMore(IoAddress address) {
    coalescedZone(Host.KVM_UNREGISTER_COALESCED_MMIO(), "KVM_UNREGISTER_COALESCED_MMIO ", address);
  }

  private void coalescedZone(long request, String what, IoAddress address) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment zone = arena.allocate(kvm_coalesced_mmio_zone.SIZE, 8);
      set64(zone, kvm_coalesced_mmio_zone.addr, address.address());
      set32(zone, kvm_coalesced_mmio_zone.size, address.lengthBytes());
      set32(zone, kvm_coalesced_mmio_zone.pio, address.port() ? 1 : 0);
      file.ioctl(request, zone, what + address);
    }
  }

  /**
   * Says where interrupts go, KVM_SET_GSI_ROUTING. Replaces the whole table.
   *
   * @param routes all routes
   */
  public void setGsiRouting(List<GsiRoute> routes) {
    try (Arena arena = Arena.ofConfined()) {
      long entryBytes = kvm_irq_routing_entry.SIZE;
      MemorySegment table = arena.allocate(ROUTES_OFFSET + routes.size() * entryBytes, 8);
      set32(table, kvm_irq_routing.nr, routes.size());
      for (int i = 0; i < routes.size(); i++) {
        put(table.asSlice(ROUTES_OFFSET + i * entryBytes, entryBytes), routes.get(i));
      }
      file.ioctl(Host.KVM_SET_GSI_ROUTING(), table, "KVM_SET_GSI_ROUTING of " + routes.size() + " routes");
    }
  }

  private static void put(MemorySegment entry, GsiRoute route) {
    set32(entry, kvm_irq_routing_entry.gsi, route.gsi());
    MemorySegment target = entry.asSlice(kvm_irq_routing_entry.u);
    if (route instanceof GsiRoute.Pin pin) {
      set32(entry, kvm_irq_routing_entry.type, Host.KVM_IRQ_ROUTING_IRQCHIP());
      set32(target, kvm_irq_routing_irqchip.irqchip, pin.chip().id);
      set32(target, kvm_irq_routing_irqchip.pin, pin.pin());
    } else if (route instanceof GsiRoute.Msi msi) {
      set32(entry, kvm_irq_routing_entry.type, Host.KVM_IRQ_ROUTING_MSI());
      set32(target, kvm_irq_routing_msi.address_lo, (int) msi.address());
      set32(target, kvm_irq_routing_msi.address_hi, (int) (msi.address() >>> 32));
      set32(target, kvm_irq_routing_msi.data, msi.data());
    }
  }

  @Override
  public void close() { file.close(); }
}

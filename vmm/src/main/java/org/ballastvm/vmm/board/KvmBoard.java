package org.ballastvm.vmm.board;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.kvm.GsiRoute;
import org.ballastvm.kvm.IoAddress;
import org.ballastvm.kvm.IoApic;
import org.ballastvm.kvm.Kvm;
import org.ballastvm.kvm.KvmCap;
import org.ballastvm.kvm.KvmVm;
import org.ballastvm.kvm.Vcpu;
import org.ballastvm.vmm.bus.IrqLine;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;

/**
 * The part of the machine that lives in the kernel: the VM, its vCPUs, its interrupt controllers and doorbells.
 *
 * <p>
 * A reset replaces it whole by a new VM over the same memory, so that no register, timer or pending interrupt of the old
 * one can be forgotten. What outlives it, devices and their eventfds, reaches it through this object.
 */
public final class KvmBoard implements AutoCloseable {
  private static final int IOAPIC_PINS = 24;
  private static final int PIC_LINES = 8;
  /** The first interrupt number for messages, behind the pins. */
  private static final int FIRST_MESSAGE = 24;

  private final Kvm kvm;
  private final GuestRam ram;
  private final boolean pmu;
  private final boolean legacy;
  private final TreeMap<Integer, MsiVector> vectors = new TreeMap<>();
  private final int[] assertions = new int[IOAPIC_PINS];
  private final long[] assertionCounts = new long[IOAPIC_PINS];
  private KvmVm vm;

  /**
   * Makes a VM with interrupt controllers.
   *
   * @param kvm the host's KVM
   * @param ram the memory, which stays the caller's
   * @param pmu whether its vCPUs have performance counters
   * @param legacy whether the guest sets up the two 8259s, so that pins may end there, too
   */
  public KvmBoard(Kvm kvm, GuestRam ram, boolean pmu, boolean legacy) {
    this.kvm = kvm;
    this.ram = ram;
    this.pmu = pmu;
    this.legacy = legacy;
    this.vm = create();
  }

  private KvmVm create() {
    KvmVm fresh = kvm.createVm();
    try {
      if (!pmu && fresh.checkExtension(KvmCap.PMU_CAPABILITY) > 0) {
        fresh.disablePmu();
      }
      fresh.setTssAddress(GuestLayout.KVM_TSS);
      fresh.setIdentityMapAddress(GuestLayout.KVM_IDENTITY_MAP);
      fresh.createIrqChip();
      fresh.createPit2();
      // Guests of this machine calibrate by the PIT at most; none takes its ticks.
      if (fresh.checkExtension(KvmCap.REINJECT_CONTROL) > 0) {
        fresh.dropMissedTicks();
      }
      fresh.setGsiRouting(pinRoutes());
      ram.attach(fresh);
      return fresh;
    } catch (RuntimeException e) {
      fresh.close();
      throw e;
    }
  }

  /**
   * Makes a new VM and throws the old one away. Its vCPUs are closed, and devices have let go of doorbells and vectors.
   *
   * @throws org.ballastvm.kvm.HostError if the host refuses; the old VM is still there then, and this can be tried again
   */
  public synchronized void replace() {
    KvmVm fresh = create();
    vm.close();
    vm = fresh;
    vectors.values().forEach(MsiVector::forget);
  }

  /**
   * Creates a vCPU.
   *
   * @param apicId its number
   * @return the vCPU
   */
  public synchronized Vcpu createVcpu(int apicId) { return vm.createVcpu(apicId); }

  /** {@return how often somebody began to assert each pin} */
  public synchronized long[] assertionCounts() {
    return assertionCounts.clone();
  }

  /** {@return the I/O APIC as it is now} */
  public synchronized IoApic ioApic() { return vm.chips().getIoApic(); }

  /**
   * A wire to the interrupt controllers. Several may end at one pin, which is asserted as long as one of them is.
   *
   * @param gsi the pin
   * @return the wire
   */
  public IrqLine line(int gsi) { return new Wire(gsi); }

  /**
   * Listens to a doorbell.
   *
   * @param raised what the kernel raises
   * @param address where
   */
  public synchronized void listen(EventFd raised, IoAddress address) { vm.assignIoeventfd(raised, address); }

  /**
   * Listens no more.
   *
   * @param raised what the kernel raised
   * @param address where
   */
  public synchronized void ignore(EventFd raised, IoAddress address) { vm.deassignIoeventfd(raised, address); }

  /**
   * Lets guests write to an address without leaving: what they write comes with the next exit, until the next reset. Where
   * the host's KVM cannot do that, each write goes on being an exit.
   *
   * @param address where
   */
  public synchronized void coalesceWrites(IoAddress address) {
    if (canCoalesce(address)) {
      vm.coalesceWrites(address);
    }
  }

  /**
   * Has guests leave for each write again.
   *
   * @param address where they need not
   */
  public synchronized void leaveForWrites(IoAddress address) {
    if (canCoalesce(address)) {
      vm.coalesceWritesNoMore(address);
    }
  }

  private boolean canCoalesce(IoAddress address) {
    return vm.checkExtension(address.port() ? KvmCap.COALESCED_PIO : KvmCap.COALESCED_MMIO) > 0;
  }

  /** {@return a new message-signalled interrupt that goes nowhere yet} */
  public synchronized MsiVector newVector() {
    int gsi = FIRST_MESSAGE;
    while (vectors.containsKey(gsi)) {
      gsi++;
    }
    MsiVector vector = new MsiVector(gsi);
    vectors.put(gsi, vector);
    return vector;
  }

  /**
   * Pins go to the I/O APIC alone, unless the guest does without ACPI: on a hardware-reduced machine it never sets up the
   * PICs, and KVM's deliver to whatever vector an unset one names.
   */
  private List<GsiRoute> pinRoutes() {
    List<GsiRoute> routes = new ArrayList<>();
    for (int pin = 0; pin < IOAPIC_PINS; pin++) {
      routes.add(new GsiRoute.Pin(pin, GsiRoute.Chip.IOAPIC, pin));
    }
    for (int line = 0; legacy && line < 2 * PIC_LINES; line++) {
      routes.add(new GsiRoute.Pin(line, line < PIC_LINES ? GsiRoute.Chip.PIC_MASTER : GsiRoute.Chip.PIC_SLAVE,
          line % PIC_LINES));
    }
    return routes;
  }

  private void updateRoutes() {
    List<GsiRoute> routes = pinRoutes();
    for (MsiVector vector : vectors.values()) {
      if (vector.connected) {
        routes.add(new GsiRoute.Msi(vector.gsi, vector.address, vector.data));
      }
    }
    vm.setGsiRouting(routes);
  }

  @Override
  public synchronized void close() { vm.close(); }

  /** A wire to a pin. */
  private final class Wire implements IrqLine {
    private final int gsi;
    private boolean asserted;

    Wire(int gsi) { this.gsi = gsi; }

    @Override
    public void set(boolean high) {
      synchronized (KvmBoard.this) {
        if (high != asserted) {
          asserted = high;
          assertions[gsi] += high ? 1 : -1;
          assertionCounts[gsi] += high ? 1 : 0;
        }
        vm.setIrqLine(gsi, assertions[gsi] > 0);
      }
    }
  }

  /** A message-signalled interrupt, raised through an irqfd. */
  public final class MsiVector implements AutoCloseable {
    private final int gsi;
    private final EventFd raise = EventFd.create();
    private long address;
    private int data;
    private boolean connected;

    private MsiVector(int gsi) { this.gsi = gsi; }

    /**
     * Says where it goes.
     *
     * @param toAddress the message's address
     * @param message the message
     */
    public void route(long toAddress, int message) {
      synchronized (KvmBoard.this) {
        if (connected && address == toAddress && data == message) {
          return;
        }
        boolean fresh = !connected;
        address = toAddress;
        data = message;
        connected = true;
        updateRoutes();
        if (fresh) {
          vm.assignIrqfd(raise, gsi);
        }
      }
    }

    /**
     * Has somebody else send it, too, without us. It goes somewhere.
     *
     * @param call what they raise
     */
    public void connect(EventFd call) {
      synchronized (KvmBoard.this) {
        vm.assignIrqfd(call, gsi);
      }
    }

    /**
     * Lets them send it no more: what they raise stays.
     *
     * @param call what they raised
     */
    public void disconnect(EventFd call) {
      synchronized (KvmBoard.this) {
        vm.deassignIrqfd(call, gsi);
      }
    }

    /** Sends it. Allocates nothing, takes no lock. */
    public void trigger() { raise.signal(); }

    private void forget() {
      connected = false;
      raise.drain();
    }

    @Override
    public void close() {
      synchronized (KvmBoard.this) {
        vectors.remove(gsi);
        if (connected) {
          vm.deassignIrqfd(raise, gsi);
          connected = false;
          updateRoutes();
        }
        raise.close();
      }
    }
  }
}

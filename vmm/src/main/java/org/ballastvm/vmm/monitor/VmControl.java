package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import org.ballastvm.virtio.pci.PciFunction;
import org.ballastvm.vmm.RunState;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.memory.GuestLayout;

/** What monitors see of a machine, and can do to it. Used on the machine's event loop. */
interface VmControl {
  /** {@return what it is doing} */
  RunState state();

  /** {@return whether it has ended} */
  boolean ended();

  /** Stops its vCPUs. */
  void pause();

  /**
   * Lets its vCPUs run.
   *
   * @throws IllegalStateException if it must be reset first
   */
  void resume();

  /** Presses its reset button. */
  void reset();

  /** Presses its power button. */
  void powerButton();

  /** Ends it. */
  void quit();

  /** {@return its base memory, in bytes} */
  long baseMemoryBytes();

  /** {@return its balloon, if it has one} */
  Optional<Balloon> balloon();

  /** {@return its vCPUs, by index} */
  List<Cpu> cpus();

  /** {@return its PCI functions, by slot} */
  List<PciPlace> pci();

  /** {@return where its RAM is} */
  List<GuestLayout.Range> ram();

  /** {@return its memory-mapped registers} */
  AddressBus memory();

  /** {@return its I/O ports} */
  AddressBus ports();

  /** A balloon, counted in pages of 4 KiB. */
  interface Balloon {
    /** {@return how many pages the guest has given up} */
    long actualPages();

    /**
     * Asks the guest.
     *
     * @param pages how many it should give up in all
     */
    void setTarget(long pages);
  }

  /**
   * A vCPU.
   *
   * @param index 0 to N-1
   * @param threadId of the host thread that runs it
   */
  record Cpu(int index, long threadId) {}

  /**
   * A function on the PCI bus.
   *
   * @param slot 0 to 31
   * @param id the id that the user gave; empty if none
   * @param function what the guest sees
   */
  record PciPlace(int slot, String id, PciFunction function) {}
}

package org.ballastvm.vmm.devices;

import java.util.concurrent.atomic.LongAdder;
import org.ballastvm.vmm.bus.BusDevice;
import org.ballastvm.vmm.state.Log;

/** What answers where a memory device has nothing plugged: all ones, as where there is nothing at all. */
public final class UnpluggedMemory implements BusDevice {
  private final String device;
  private final long base;
  private final LongAdder accesses = new LongAdder();
  private volatile boolean logged;

  /**
   * Nobody has come yet.
   *
   * @param device what people call the memory device
   * @param base guest physical address of its first block
   */
  public UnpluggedMemory(String device, long base) {
    this.device = device;
    this.base = base;
  }

  /** {@return how often the guest has come here} */
  public long accesses() { return accesses.sum(); }

  @Override
  public long read(long offset, int sizeBytes) {
    count("read", offset);
    return -1L;
  }

  @Override
  public void write(long offset, int sizeBytes, long value) { count("wrote", offset); }

  private void count(String what, long offset) {
    accesses.increment();
    if (!logged) {
      logged = true;
      Log.of(UnpluggedMemory.class).warn(
          "virtio-mem {}: the guest {} address 0x{}, where nothing is plugged; it reads ones, and what it writes is lost. "
              + "Such accesses are counted from now on, and not logged",
          device, what, Long.toHexString(base + offset));
    }
  }
}

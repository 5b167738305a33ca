package org.ballastvm.vmm.diagnosis;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.ballastvm.virtio.mem.MemTrace;

/**
 * What the host last asked of a memory device, and what became of it.
 *
 * @param id of the device, if it has one
 * @param path where it is in the object tree
 * @param requestedBytes what the guest should have of it
 * @param sizeBytes what it has
 * @param open whether an answer is owed
 * @param ageNanos since when it is open, or how long it took; 0 where that is not known
 * @param overdueSeconds after how many seconds it is reported; 0 for never
 * @param details what only one kind of device has
 * @param verdict what is thought of it, while it is open
 */
public record MemoryRequest(Optional<String> id, String path, long requestedBytes, long sizeBytes, boolean open,
    long ageNanos, long overdueSeconds, Details details, Optional<Verdict> verdict) {
  /** What only one kind of device has. */
  public sealed interface Details {}

  /**
   * Of a virtio-mem device.
   *
   * @param driver how the driver stands to it
   * @param trace what has passed
   * @param strayAccesses how often the guest came where nothing is plugged
   */
  public record Blocks(DriverState driver, MemTrace trace, long strayAccesses) implements Details {}

  /**
   * Of a DIMM.
   *
   * @param state how the guest stands to it
   */
  public record Whole(DimmState state) implements Details {}

  /** {@return whether it has been open for longer than was to be waited} */
  public boolean isOverdue() {
    return open && overdueSeconds > 0 && ageNanos >= TimeUnit.SECONDS.toNanos(overdueSeconds);
  }
}

package org.ballastvm.vmm.diagnosis;

import java.util.OptionalLong;
import org.ballastvm.virtio.mem.MemConfig;
import org.ballastvm.virtio.mem.MemTrace;

/**
 * What can be seen of a memory device from outside of the guest.
 *
 * @param config what it is
 * @param trace what has passed since it was asked for a size
 * @param driver how the driver stands to it
 * @param running whether the guest's CPUs run
 * @param availableBytes what the guest could still use without swapping, if a balloon has reported it of late
 */
public record Symptoms(MemConfig config, MemTrace trace, DriverState driver, boolean running,
    OptionalLong availableBytes) {}

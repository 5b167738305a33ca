package org.ballastvm.vmm.devices;

import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.NumaConfig;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;

/**
 * The memory of a machine, and what a user has made for devices to use.
 *
 * @param config what was asked for
 * @param numa the guest's nodes
 * @param layout where it lies
 * @param ram all that the guest has
 * @param objects memory backends and threads
 */
public record MachineMemory(MemoryConfig config, NumaConfig numa, GuestLayout layout, GuestRam ram,
    UserObjects objects) {}

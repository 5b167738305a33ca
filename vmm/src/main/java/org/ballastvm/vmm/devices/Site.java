package org.ballastvm.vmm.devices;

import org.ballastvm.vmm.block.MachineDisks;
import org.ballastvm.vmm.chardev.ChardevTable;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.MachineEvents;

/**
 * What a machine offers those who plug devices into it.
 *
 * @param loop where devices do their work
 * @param buses what they are wired to
 * @param chardevs what they talk through
 * @param memory what they take memory from, or give it to
 * @param disks what disks are made of, and their threads
 * @param events emits events
 * @param machine the rest of it
 */
public record Site(EventLoop loop, Buses buses, ChardevTable chardevs, MachineMemory memory,
    MachineDisks disks, MachineEvents events,
    Surroundings machine) {}

package org.ballastvm.vmm.devices;

import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.MachineEvents;

/**
 * What a machine offers those who plug devices into it.
 *
 * @param loop where devices do their work
 * @param buses what they are wired to
 * @param memory what they take memory from, or give it to
 * @param events emits events
 * @param machine the rest of it
 */
public record Site(EventLoop loop, Buses buses, MachineMemory memory, MachineEvents events, Surroundings machine) {}

package org.ballastvm.vmm;

import java.time.Instant;
import org.ballastvm.vmm.event.MachineEvent;

/**
 * Something that happened to a machine.
 *
 * @param vm the machine's name
 * @param when it happened
 * @param event what happened; QEMU's machine protocol has the same events
 */
public record VmEvent(String vm, Instant when, MachineEvent event) {}

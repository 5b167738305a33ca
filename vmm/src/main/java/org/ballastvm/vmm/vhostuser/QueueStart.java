package org.ballastvm.vmm.vhostuser;

import org.ballastvm.kvm.EventFd;

/**
 * A queue as a back-end is given it.
 *
 * @param index which
 * @param size entries, a power of two
 * @param base the index of what is taken next, 16 bits
 * @param descriptors where its descriptors are, by guest address
 * @param available where the ring of available chains is, by guest address
 * @param used where the ring of used chains is, by guest address
 * @param kick the driver rings it
 * @param call the back-end interrupts the driver by it
 */
record QueueStart(int index, int size, int base, long descriptors, long available, long used, EventFd kick,
    EventFd call) {}

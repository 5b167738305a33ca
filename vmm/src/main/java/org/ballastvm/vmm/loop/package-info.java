/** The event loop of a machine, and a thread that several share: timers, work that waits for its turn, and the events that it emits. */
package org.ballastvm.vmm.loop;

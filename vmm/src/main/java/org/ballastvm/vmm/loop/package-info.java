/** The event loop of a machine: its timers, the work that waits for its turn, and the events that it emits. */
package org.ballastvm.vmm.loop;

/** The machine put together: its assembly, its vCPU threads, and what starts, pauses, resets and ends it. */
package org.ballastvm.vmm.machine;

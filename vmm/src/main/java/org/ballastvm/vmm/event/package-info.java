/** The event loop: one thread for each machine that does all that is not done by its vCPUs. */
package org.ballastvm.vmm.event;

/** The human monitor. A command is one class; it registers by being in the list of {@code Commands}. */
package org.ballastvm.vmm.monitor;

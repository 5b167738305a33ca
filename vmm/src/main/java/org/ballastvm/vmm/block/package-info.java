/** Disks of guests: what they are on, who does their reads and writes, and what is done when one fails. */
package org.ballastvm.vmm.block;

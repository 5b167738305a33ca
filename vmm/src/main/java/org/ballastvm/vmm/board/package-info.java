/** The part of the machine that lives in the kernel. */
package org.ballastvm.vmm.board;

/** How a guest comes to have as much memory as is wanted, by the means that its machine has. Numbers in, steps out. */
package org.ballastvm.vmm.plan;

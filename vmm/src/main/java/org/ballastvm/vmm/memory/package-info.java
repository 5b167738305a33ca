/** Guest memory: where it lies, what backs it, and how it is given back to the host. */
package org.ballastvm.vmm.memory;

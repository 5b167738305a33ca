/** Kernels: reading, unpacking and placing them, and the state in which the first vCPU enters them. */
package org.ballastvm.vmm.boot;

/** Queues that are served outside of this process: by the kernel's vhost, and by whoever else is a {@link Backend}. */
package org.ballastvm.vmm.vhost;

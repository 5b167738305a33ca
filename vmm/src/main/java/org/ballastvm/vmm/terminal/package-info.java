/** Line editing for people at terminals, by JLine: on this process's own, and on those at the far end of a chardev. */
package org.ballastvm.vmm.terminal;

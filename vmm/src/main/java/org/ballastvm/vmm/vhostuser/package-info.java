/**
 * vhost-user: devices whose queues a program beside this one serves, over a Unix socket. QEMU's docs/interop/vhost-user is
 * the specification that the names are of.
 */
package org.ballastvm.vmm.vhostuser;

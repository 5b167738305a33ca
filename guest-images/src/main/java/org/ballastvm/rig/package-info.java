/** Where guests run: this host, or the rig on it, a machine that QEMU emulates and that has a {@code /dev/kvm}. */
package org.ballastvm.rig;

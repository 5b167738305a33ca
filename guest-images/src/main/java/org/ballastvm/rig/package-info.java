/**
 * Where guests run: this host, or a rig on it, an emulated machine that has a {@code /dev/kvm}. QEMU's has an AMD processor
 * and serves as a host; Bochs's has an Intel processor, and runs one program.
 */
package org.ballastvm.rig;

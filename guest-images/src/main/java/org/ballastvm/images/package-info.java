/** Kernels, initramfs and disks for guests. */
package org.ballastvm.images;

/** Kernels, initramfs and disks for guests. */
module org.ballastvm.images {
  requires org.apache.commons.compress;
  requires org.tukaani.xz;

  exports org.ballastvm.images;
}

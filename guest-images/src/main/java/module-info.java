/** Kernels, initramfs and disks for guests, and the rig that runs them where this host cannot. */
module org.ballastvm.images {
  requires org.apache.commons.compress;
  requires org.tukaani.xz;

  exports org.ballastvm.images;
  exports org.ballastvm.rig;
}

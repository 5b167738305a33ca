/** Boots guests from JUnit: the extension, the rig and the benchmarks. */
module org.ballastvm.testkit {
  requires org.ballastvm.vmm;
  requires org.ballastvm.images;
}

/** The only module with native calls. */
module org.ballastvm.kvm {
  requires com.sun.jna;

  exports org.ballastvm.kvm;
}

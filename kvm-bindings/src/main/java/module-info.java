/** The only module with native calls. */
module org.ballastvm.kvm {
  requires static com.sun.jna;
}

package org.ballastvm.vmm.config;

/**
 * {@code -object iothread}: a thread for a device's long work. It sleeps when there is none, and never polls: QEMU's
 * options for that are taken and shown, and change nothing.
 *
 * @param id its id
 * @param pollMaxNs {@code poll-max-ns}
 * @param pollGrow {@code poll-grow}
 * @param pollShrink {@code poll-shrink}
 * @param aioMaxBatch {@code aio-max-batch}
 */
public record IoThreadConfig(String id, long pollMaxNs, long pollGrow, long pollShrink, long aioMaxBatch)
    implements
      ObjectConfig {
  /** What {@code -object} knows it by. */
  public static final String TYPE = "iothread";

  @Override
  public String qomType() { return TYPE; }

  @Override
  public void visit(Visitor visitor) { visitor.thread(this); }
}

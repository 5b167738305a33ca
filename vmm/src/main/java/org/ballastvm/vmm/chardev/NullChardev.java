package org.ballastvm.vmm.chardev;

/** Output is dropped, there is no input. */
final class NullChardev implements Chardev {
  @Override
  public void connect(CharFrontend frontend) { frontend.opened(); }

  @Override
  public int sendRoom() { return Integer.MAX_VALUE; }

  @Override
  public void send(byte[] bytes, int offset, int count) {
    // Dropped.
  }

  @Override
  public void receiveMore() {
    // There is none.
  }

  @Override
  public String describe() { return "null"; }

  @Override
  public void close() {
    // Nothing is open.
  }
}

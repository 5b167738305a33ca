package org.ballastvm.vmm.chardev;

/** Output is dropped, there is no input. */
final class NullChardev implements Chardev {
  private final boolean open;

  /** One that takes what it is sent, as if somebody were there, or as nobody does. */
  NullChardev(boolean open) {
    this.open = open;
  }

  @Override
  public void connect(CharFrontend frontend) {
    if (open) {
      frontend.opened();
    }
  }

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

package org.ballastvm.vmm.chardev;

/** Talks through a chardev that nobody talks through: takes no input, so that it waits for whoever comes. */
enum Nobody implements CharFrontend {
  INSTANCE;

  @Override
  public int room() { return 0; }

  @Override
  public void receive(byte[] bytes, int offset, int count) {
    // There is no room.
  }

  @Override
  public void opened() {
    // Nobody cares.
  }

  @Override
  public void closed() {
    // Nobody cares.
  }

  @Override
  public void drained() {
    // Nobody sends.
  }
}

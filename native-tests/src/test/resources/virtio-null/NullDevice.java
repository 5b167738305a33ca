package org.ballastvm.virtio.nothing;

import org.ballastvm.virtio.VirtioDevice;

/** A device with one queue that does nothing. */
public final class NullDevice implements VirtioDevice {
  private static final int TYPE = 63;
  private static final int QUEUE_SIZE = 8;

  /** Nothing. */
  public record State() implements VirtioDevice.State {}

  @Override
  public int type() { return TYPE; }

  @Override
  public String name() { return "virtio-null"; }

  @Override
  public int queueCount() { return 1; }

  @Override
  public int queueSize(int queue) { return QUEUE_SIZE; }

  @Override
  public void start(Context context) {}

  @Override
  public void queueReady(int queue) {}

  @Override
  public void reset() {}

  @Override
  public State state() { return new State(); }

  @Override
  public void restore(VirtioDevice.State state) {}
}

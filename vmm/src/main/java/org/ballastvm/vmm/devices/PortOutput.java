package org.ballastvm.vmm.devices;

import org.ballastvm.virtio.console.PortHost;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.GuestTask;
import org.ballastvm.vmm.loop.LoopTimer;

/**
 * Takes what a guest sends by a port into a chardev. What that has no room for stays here, as far as a buffer holds it, and
 * with the guest. The chardev is sent to by a task of its own: what it wakes must not run under the device's lock.
 *
 * <p>
 * Linux waits for the host with interrupts off when it writes to a console (put_chars in drivers/char/virtio_console.c). So
 * the guest of one whose reader has stood still for a second is held no longer: its output is dropped until there is room.
 */
final class PortOutput implements PortHost {
  static final int BUFFER_BYTES = 16 << 10;
  private static final long LOOK_NANOS = 10_000_000;
  private static final int MOST_LOOKS = 100;

  private final Chardev chardev;
  private final boolean console;
  private final Runnable serve;
  private final Runnable guestChanged;
  private final GuestTask output;
  private final GuestTask sending;
  private final GuestTask input;
  private final LoopTimer look;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int count;
  /** The guest may have more, for which there was no room. */
  private boolean held;
  private boolean flushing;
  private boolean looking;
  private int looks;
  private boolean dropping;

  /**
   * The end of a port.
   *
   * @param loop where the chardev runs
   * @param chardev where output goes
   * @param console whether its guest cannot wait for ever
   * @param serve has the device look for output of the port
   * @param guestChanged runs when the guest has opened the port or closed it; any thread
   */
  PortOutput(EventLoop loop, Chardev chardev, boolean console, Runnable serve, Runnable guestChanged) {
    this.chardev = chardev;
    this.console = console;
    this.serve = serve;
    this.guestChanged = guestChanged;
    this.output = new GuestTask(loop, serve);
    this.sending = new GuestTask(loop, this::flush);
    this.input = new GuestTask(loop, chardev::receiveMore);
    this.look = new LoopTimer(loop, this::look);
  }

  @Override
  public int room() {
    held |= count == BUFFER_BYTES;
    return BUFFER_BYTES - count;
  }

  @Override
  public void send(byte[] bytes, int length) {
    System.arraycopy(bytes, 0, buffer, count, length);
    count += length;
    sending.post();
  }

  /** Sends what there is room for, and has the guest go on if it waits. On the event loop, or when that has ended. */
  void flush() {
    if (flushing) {
      sending.post(); // The chardev has room while it is sent to.
      return;
    }
    flushing = true;
    int room = chardev.sendRoom();
    if (room > 0) {
      looks = 0;
      dropping = false;
    }
    int now = Math.min(count, room);
    if (now > 0) {
      chardev.send(buffer, 0, now);
    }
    count -= dropping ? count : now;
    System.arraycopy(buffer, now, buffer, 0, count);
    flushing = false;
    if (count > 0 && console && !looking) {
      looking = true;
      look.once(LOOK_NANOS);
    }
    if (held && count < BUFFER_BYTES) {
      held = false;
      serve.run();
    }
  }

  private void look() {
    looking = false;
    dropping = ++looks >= MOST_LOOKS;
    flush();
  }

  /** The chardev has room again. */
  void drained() { flush(); }

  @Override
  public void outputWaits() { output.post(); }

  @Override
  public void roomForInput() { input.post(); }

  @Override
  public void guestOpened(boolean open) { guestChanged.run(); }

  void close() { look.close(); }
}

package org.ballastvm.vmm.devices;

import org.ballastvm.virtio.console.PortHost;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.GuestTask;
import org.ballastvm.vmm.loop.LoopTimer;

/**
 * Takes what a guest sends by a port into a chardev. What that has no room for stays with the guest.
 *
 * <p>
 * Linux waits for the host with interrupts off when it writes to a console (put_chars in drivers/char/virtio_console.c). So
 * the guest of one whose reader has stood still for a second is held no longer: its output is dropped until there is room.
 */
final class PortOutput implements PortHost {
  private static final long LOOK_NANOS = 10_000_000;
  static final int MOST_LOOKS = 100;

  private final Chardev chardev;
  private final boolean console;
  private final Runnable serve;
  private final Runnable guestChanged;
  private final GuestTask output;
  private final GuestTask input;
  private final LoopTimer look;
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
    this.input = new GuestTask(loop, chardev::receiveMore);
    this.look = new LoopTimer(loop, this::look);
  }

  @Override
  public int room() {
    int room = chardev.sendRoom();
    if (room > 0 || !console) {
      return room;
    }
    if (!dropping && !looking) {
      looking = true;
      looks = 0;
      look.once(LOOK_NANOS);
    }
    return dropping ? Integer.MAX_VALUE : 0;
  }

  private void look() {
    boolean moved = chardev.sendRoom() > 0;
    dropping = !moved && ++looks == MOST_LOOKS;
    looking = !moved && !dropping;
    if (looking) {
      look.once(LOOK_NANOS);
    } else {
      serve.run();
    }
  }

  @Override
  public void send(byte[] bytes, int count) {
    int room = chardev.sendRoom();
    if (room > 0) {
      dropping = false;
      chardev.send(bytes, 0, Math.min(count, room));
    }
  }

  /** The chardev has room again. It may be that it was sent to just now, by a device in the midst of its queue. */
  void drained() {
    dropping = false;
    output.post();
  }

  @Override
  public void outputWaits() { output.post(); }

  @Override
  public void roomForInput() { input.post(); }

  @Override
  public void guestOpened(boolean open) { guestChanged.run(); }

  void close() { look.close(); }
}

package org.ballastvm.vmm.devices;

import java.util.Optional;
import org.ballastvm.virtio.console.ConsoleDevice;
import org.ballastvm.virtio.console.ConsolePort;
import org.ballastvm.vmm.chardev.CharFrontend;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.GuestTask;

/** A port, tied to a chardev: what arrives there goes to the guest, as far as that has room. */
final class PortLine implements CharFrontend {
  private final Chardev chardev;
  private final ConsoleDevice device;
  private final ConsolePort port;
  private final PortOutput output;
  private final GuestTask presence;
  private boolean open;

  /**
   * Adds a port to its device, and ties it.
   *
   * @param loop where the chardev runs
   * @param chardev the far side
   * @param device the near side
   * @param number of the port, which is free
   * @param console whether the guest is to make a console of it
   * @param name what the guest finds it by
   * @param guestChanged runs when the guest has opened the port or closed it; any thread
   */
  PortLine(EventLoop loop, Chardev chardev, ConsoleDevice device, int number, boolean console, Optional<String> name,
      Runnable guestChanged) {
    this.chardev = chardev;
    this.device = device;
    this.output = new PortOutput(loop, chardev, console, this::serveOutput, guestChanged);
    this.port = new ConsolePort(number, console, name, output);
    this.presence = new GuestTask(loop, () -> device.setHostOpen(port, open));
    device.add(port);
    chardev.connect(this);
    if (console) {
      chardev.followSize();
    }
  }

  /** The port on its device. */
  ConsolePort port() { return port; }

  /** Whether the far side takes no more for now. */
  boolean isFull() { return chardev.sendRoom() == 0; }

  /** Has what the guest has left in its queue sent. On the event loop. */
  void sendOutput() {
    serveOutput();
    output.flush();
  }

  private void serveOutput() { device.serveOutput(port); }

  /** Takes the port away, and lets go of the chardev. On the event loop, or when that has ended. */
  void close() {
    device.remove(port);
    output.flush(); // The guest did send it.
    output.close();
    chardev.disconnect(this);
  }

  @Override
  public int room() { return port.inputRoom(); }

  @Override
  public void receive(byte[] bytes, int offset, int count) { device.receive(port, bytes, offset, count); }

  @Override
  public void opened() {
    open = true;
    presence.post();
  }

  @Override
  public void closed() {
    open = false;
    presence.post();
  }

  @Override
  public void drained() { output.drained(); }

  @Override
  public void resized(int columns, int rows) {
    if (port.isConsole()) {
      device.resize(port, columns, rows);
    }
  }
}

package org.ballastvm.virtio.console;

import java.util.List;
import java.util.Optional;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.Virtqueue;

/** A port of a {@link ConsoleDevice}, with what is on its way to the guest. */
public final class ConsolePort {
  /** Upper bound of a name in bytes of UTF-8: a driver's buffer holds that many in any case. */
  public static final int MOST_NAME_BYTES = 255;
  /** What is held of the host's input while the guest has no buffer for it. */
  static final int INPUT_BYTES = 4096;
  /** What is held of emergency writes until the event loop comes by; what a guest writes beyond is lost. */
  static final int EMERGENCY_BYTES = 512;

  /**
   * What the guest has made of it, with what is on its way.
   *
   * @param guestOpen whether a program in the guest has it open
   * @param sentOfChain how many bytes of the next chain to send have been sent
   * @param input what the guest has not taken
   * @param emergency what it wrote without a queue, and nobody has sent
   */
  public record State(boolean guestOpen, long sentOfChain, List<Byte> input, List<Byte> emergency) {
    /** Keeps copies. */
    public State {
      input = List.copyOf(input);
      emergency = List.copyOf(emergency);
    }
  }

  /** Nothing was sent or received. */
  static final State POWER_ON = new State(false, 0, List.of(), List.of());

  private final int number;
  private final boolean console;
  private final Optional<String> name;
  private final PortHost host;
  private final ByteRing input = new ByteRing(INPUT_BYTES);
  private final ByteRing emergency = new ByteRing(EMERGENCY_BYTES);
  /** Read by the event loop under no lock. */
  private volatile boolean guestOpen;
  private long sentOfChain;
  private boolean hostOpen;
  private int columns;
  private int rows;

  /**
   * A port that nobody has opened.
   *
   * @param number its number, from 0
   * @param console whether the guest is to make a console of it; such a one is open on the host for ever
   * @param name what the guest finds it by, of at most {@link #MOST_NAME_BYTES}; none if empty
   * @param host what is behind it
   */
  public ConsolePort(int number, boolean console, Optional<String> name, PortHost host) {
    this.number = number;
    this.console = console;
    this.name = name;
    this.host = host;
    this.hostOpen = console;
  }

  /** {@return its number} */
  public int number() { return number; }

  /** {@return whether it is a console} */
  public boolean isConsole() { return console; }

  /** {@return what the guest finds it by} */
  public Optional<String> name() { return name; }

  /** {@return whether a program in the guest has it open; any thread} */
  public boolean isGuestOpen() {
    return guestOpen;
  }

  /** {@return whether somebody on the host has it open; on the event loop} */
  public boolean isHostOpen() {
    return hostOpen;
  }

  /** {@return how many bytes of input it takes now: none while the guest has it closed; on the event loop} */
  public int inputRoom() {
    return guestOpen ? input.room() : 0;
  }

  PortHost host() { return host; }

  int columns() { return columns; }

  int rows() { return rows; }

  void setHostOpen(boolean open) { hostOpen = open || console; }

  void resize(int toColumns, int toRows) {
    columns = toColumns;
    rows = toRows;
  }

  State state() { return new State(guestOpen, sentOfChain, input.state(), emergency.state()); }

  /** What a driver's reset makes of it: the guest did write what it wrote in an emergency. */
  State afterReset() {
    return new State(false, 0, List.of(), emergency.state());
  }

  void restore(State state) {
    sentOfChain = state.sentOfChain();
    input.restore(state.input());
    emergency.restore(state.emergency());
    openGuest(state.guestOpen());
    host.roomForInput();
    if (emergency.count() > 0) {
      host.outputWaits();
    }
  }

  void openGuest(boolean open) {
    if (open != guestOpen) {
      guestOpen = open;
      host.guestOpened(open);
      host.roomForInput();
    }
  }

  void writeEmergency(byte value) {
    emergency.put(value);
    host.outputWaits();
  }

  /** Sends what the guest wrote without a queue, if the host has room for it. */
  void sendEmergency(byte[] buffer) {
    if (emergency.count() > 0 && host.room() >= emergency.count()) {
      host.send(buffer, emergency.takeAll(buffer));
    }
  }

  void receive(byte[] bytes, int offset, int count) { input.put(bytes, offset, count); }

  /** How many bytes of the next chain to send have been sent. */
  long sentOfChain() { return sentOfChain; }

  void setSentOfChain(long bytes) { sentOfChain = bytes; }

  /** Gives the guest what waits for it, as far as it has buffers. */
  void deliver(VirtioDevice.Context driver, int queue) {
    Virtqueue ring = driver.queue(queue);
    int before = input.count();
    if (ring == null || !guestOpen) {
      return;
    }
    do {
      for (DescriptorChain chain = nextFor(ring); chain != null; chain = nextFor(ring)) {
        ring.pushUsed(chain.head(), fill(driver.memory(), chain, queue));
      }
    } while (driver.finish(queue) && input.count() > 0);
    if (input.count() < before) {
      host.roomForInput();
    }
  }

  private DescriptorChain nextFor(Virtqueue ring) { return input.count() > 0 ? ring.next() : null; }

  private int fill(GuestMemory memory, DescriptorChain chain, int queue) {
    if (chain.readableCount() != 0) {
      throw new GuestError("queue " + queue + ": a chain with " + chain.readableBytes()
          + " bytes to read; all must be to write");
    }
    int written = 0;
    for (int i = 0; i < chain.writableCount(); i++) {
      long length = chain.lengthBytes(i);
      for (long at = 0; at < length && input.count() > 0;) {
        int step = (int) Math.min(length - at, input.contiguous());
        memory.write(chain.address(i) + at, input.segment(), input.start(), step);
        input.skip(step);
        at += step;
        written += step;
      }
    }
    return written;
  }
}

package org.ballastvm.virtio.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.Virtqueue;

/** Announces ports to a guest, as its driver has buffers for messages. Virtio 1.3, 5.3.6.2. */
final class Announcer {
  private static final ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort LE16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment message = MemorySegment
      .ofArray(new byte[ControlMessage.HEADER_BYTES + ConsolePort.MOST_NAME_BYTES]);
  private final PortView[] views;

  Announcer(int maxPorts) {
    views = new PortView[maxPorts];
    for (int i = 0; i < maxPorts; i++) {
      views[i] = new PortView();
    }
  }

  /** What the guest knows of a number. */
  PortView view(int port) { return views[port]; }

  List<KnownPort> state() {
    List<KnownPort> all = new ArrayList<>();
    for (PortView view : views) {
      all.add(view.state());
    }
    return List.copyOf(all);
  }

  void restore(List<KnownPort> state) {
    for (int i = 0; i < views.length; i++) {
      views[i].restore(state.get(i));
    }
  }

  /** Sends all that is due, as far as there are buffers; of each number, what is due is bounded. */
  void announce(VirtioDevice.Context driver, ConsolePort[] ports) {
    Virtqueue ring = driver.queue(ConsoleQueues.CONTROL_RECEIVE);
    if (ring == null) {
      return;
    }
    do {
      for (int number = nextDue(ports); number >= 0; number = nextDue(ports)) {
        DescriptorChain chain = ring.next();
        if (chain == null) {
          break;
        }
        ControlEvent event = views[number].due(ports[number]);
        ring.pushUsed(chain.head(), write(driver.memory(), chain, compose(number, event, ports[number])));
        views[number].sent(event, ports[number]);
      }
    } while (driver.finish(ConsoleQueues.CONTROL_RECEIVE) && nextDue(ports) >= 0);
  }

  private int nextDue(ConsolePort[] ports) {
    for (int number = 0; number < views.length; number++) {
      if (views[number].due(ports[number]) != null) {
        return number;
      }
    }
    return -1;
  }

  /** Makes a message, and says how long it is. */
  private int compose(int number, ControlEvent event, ConsolePort port) {
    boolean value = event != ControlEvent.PORT_OPEN || port.isHostOpen();
    message.set(LE32, 0, number);
    message.set(LE16, 4, (short) event.number());
    message.set(LE16, 6, (short) (value ? 1 : 0));
    if (event == ControlEvent.PORT_NAME) {
      byte[] name = port.name().orElseThrow().getBytes(UTF_8);
      MemorySegment.copy(name, 0, message, ValueLayout.JAVA_BYTE, ControlMessage.HEADER_BYTES, name.length);
      return ControlMessage.HEADER_BYTES + name.length;
    }
    if (event == ControlEvent.RESIZE) {
      message.set(LE16, ControlMessage.HEADER_BYTES, (short) port.columns());
      message.set(LE16, ControlMessage.HEADER_BYTES + 2, (short) port.rows());
      return ControlMessage.HEADER_BYTES + 4;
    }
    return ControlMessage.HEADER_BYTES;
  }

  private int write(GuestMemory memory, DescriptorChain chain, int length) {
    if (chain.readableCount() != 0 || chain.writableBytes() < length) {
      throw new GuestError("queue " + ConsoleQueues.CONTROL_RECEIVE + ": a chain with " + chain.readableBytes()
          + " bytes to read and " + chain.writableBytes() + " to write, for a message of " + length + " bytes");
    }
    int written = 0;
    for (int i = 0; written < length; i++) {
      long step = Math.min(length - written, chain.lengthBytes(i));
      memory.write(chain.address(i), message, written, step);
      written += (int) step;
    }
    return length;
  }
}

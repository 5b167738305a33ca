package org.ballastvm.virtio.driver;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.virtio.console.ConsoleDevice;
import org.ballastvm.virtio.console.ConsolePort;
import org.ballastvm.virtio.console.PortHost;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.QueueDriver.Used;

/** A console device on a bus, the ends of its ports on the host, and a driver that talks with it as Linux's does. */
public final class ConsoleDriver {
  /** {@code VIRTIO_CONSOLE_F_MULTIPORT}. */
  public static final long MULTIPORT = 2;
  /** Control events, virtio 1.3, 5.3.6.2. */
  public static final int DEVICE_READY = 0;
  /** There is a port. */
  public static final int DEVICE_ADD = 1;
  /** A port is gone. */
  public static final int DEVICE_REMOVE = 2;
  /** A port was set up. */
  public static final int PORT_READY = 3;
  /** A port is a console. */
  public static final int CONSOLE_PORT = 4;
  /** How large a console is. */
  public static final int RESIZE = 5;
  /** The other end was opened or closed. */
  public static final int PORT_OPEN = 6;
  /** What a port is called. */
  public static final int PORT_NAME = 7;
  /** The queues for control. */
  public static final int CONTROL_RECEIVE = 2;
  /** By which the driver sends messages. */
  public static final int CONTROL_TRANSMIT = 3;

  private static final long MESSAGES = 8L << 20;
  private static final int MESSAGE_BYTES = 512;
  private static final long SAID = 9L << 20;
  private static final long OUTPUT = 10L << 20;
  private static final long INPUT = 12L << 20;

  /** The device on its bus. */
  public final Bench<ConsoleDevice> bench;
  private List<QueueDriver> queues = List.of();
  private int postedMessages;

  /** A control message from the device: what follows its header is text. */
  public record Message(int port, int event, int value, String rest) {
    /** One of a header alone. */
    public static Message of(int port, int event) {
      return new Message(port, event, 1, "");
    }
  }

  /** The host's end of a port. */
  public static final class Host implements PortHost {
    /** What the guest has sent. */
    public final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    /** Each time that the guest opened it or closed it. */
    public final List<Boolean> opened = new ArrayList<>();
    /** How much more it takes. */
    public int room = Integer.MAX_VALUE;
    /** How often it was told that output waits. */
    public int outputWaits;
    /** How often it was told that there is room for input. */
    public int roomForInput;

    @Override
    public int room() { return room; }

    @Override
    public void send(byte[] bytes, int count) {
      if (count > room) {
        throw new IllegalStateException(count + " bytes for a room of " + room);
      }
      room -= room == Integer.MAX_VALUE ? 0 : count;
      sent.write(bytes, 0, count);
    }

    @Override
    public void outputWaits() { outputWaits++; }

    @Override
    public void roomForInput() { roomForInput++; }

    @Override
    public void guestOpened(boolean open) { opened.add(open); }

    /** What the guest has sent since the last call. */
    public String takeSent() {
      String text = sent.toString(StandardCharsets.ISO_8859_1);
      sent.reset();
      return text;
    }
  }

  /** A device whose driver has not started. */
  public ConsoleDriver(int maxPorts) {
    bench = new Bench<>((memory, events) -> new ConsoleDevice(maxPorts, events));
  }

  private ConsoleDriver(ConsoleDriver from, Bench<ConsoleDevice> to) {
    bench = to;
    queues = from.queues;
    postedMessages = from.postedMessages;
  }

  /** Goes on with another device. */
  public ConsoleDriver movedTo(Bench<ConsoleDevice> other) {
    return new ConsoleDriver(this, other);
  }

  /** A port on the device; without a name if that is empty. */
  public static ConsolePort port(int number, boolean console, String name, Host host) {
    return new ConsolePort(number, console, name.isEmpty() ? Optional.empty() : Optional.of(name), host);
  }

  /** Starts a driver that knows of several ports, with buffers for so many messages. */
  public ConsoleDriver start(int messageBuffers) {
    return startWith(MULTIPORT, messageBuffers);
  }

  /** Starts a driver with features of its own. */
  public ConsoleDriver startWith(long features, int messageBuffers) {
    queues = bench.start(features | PciDriver.EVENT_INDEX | PciDriver.INDIRECT);
    postedMessages = 0;
    if (messageBuffers > 0) {
      postMessageBuffers(messageBuffers);
    }
    return this;
  }

  /** Has it say that it takes messages, take them, and set up each port that it hears of; what it heard. */
  public List<Message> setUp() {
    say(0, DEVICE_READY, 1);
    List<Message> heard = new ArrayList<>();
    for (List<Message> some = hear(); !some.isEmpty(); some = hear()) {
      heard.addAll(some);
      for (Message message : some) {
        if (message.event == DEVICE_ADD) {
          say(message.port, PORT_READY, 1);
        }
      }
    }
    return heard;
  }

  /** A queue of it. */
  public QueueDriver queue(int index) { return queues.get(index); }

  /** The queue that a port's guest receives by; that by which it sends follows it. */
  public static int receiveQueue(int port) {
    return port == 0 ? 0 : 2 * port + 2;
  }

  /** Offers more buffers for messages. */
  public void postMessageBuffers(int count) {
    for (int i = 0; i < count; i++) {
      long gpa = MESSAGES + (long) (postedMessages++ % queue(CONTROL_RECEIVE).size()) * MESSAGE_BYTES;
      queue(CONTROL_RECEIVE).offer(Buffer.write(gpa, MESSAGE_BYTES));
    }
    queue(CONTROL_RECEIVE).kick();
    bench.bus.settle();
  }

  /** Says something by a control message. */
  public void say(int port, int event, int value) {
    bench.memory.putInt(SAID, port);
    bench.memory.putShort(SAID + 4, event);
    bench.memory.putShort(SAID + 6, value);
    sayRaw(Buffer.read(SAID, 8));
  }

  /** Sends a chain as a control message; what is in it stands there already. */
  public void sayRaw(Buffer... buffers) {
    queue(CONTROL_TRANSMIT).post(buffers);
    bench.bus.settle();
    queue(CONTROL_TRANSMIT).collect();
  }

  /** What the device has said since the last call; as many buffers are offered anew. */
  public List<Message> hear() {
    List<Message> heard = new ArrayList<>();
    for (Used used : queue(CONTROL_RECEIVE).collect()) {
      long gpa = bench.memory.getLong(queue(CONTROL_RECEIVE).descriptors() + 16L * used.head());
      StringBuilder rest = new StringBuilder();
      for (int i = 8; i < used.writtenBytes(); i++) {
        rest.append((char) bench.memory.getByte(gpa + i));
      }
      heard.add(new Message(bench.memory.getInt(gpa), bench.memory.getShort(gpa + 4), bench.memory.getShort(gpa + 6),
          rest.toString()));
    }
    if (!heard.isEmpty()) {
      postMessageBuffers(heard.size());
    }
    return heard;
  }

  /** Sends text by a port, in buffers of a length; how many chains have come back. */
  public int send(int port, String text, int bufferBytes) {
    return sendOn(receiveQueue(port) + 1, text, bufferBytes);
  }

  private int sendOn(int index, String text, int bufferBytes) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    Buffer[] buffers = new Buffer[(bytes.length + bufferBytes - 1) / bufferBytes];
    for (int i = 0; i < bytes.length; i++) {
      bench.memory.putByte(OUTPUT + i, bytes[i]);
    }
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = Buffer.read(OUTPUT + (long) i * bufferBytes, Math.min(bufferBytes, bytes.length - i * bufferBytes));
    }
    queue(index).post(buffers);
    bench.bus.settle();
    return queue(index).collect().size();
  }

  /** Offers a buffer for input of a port. */
  public void postInput(int port, int lengthBytes) {
    queue(receiveQueue(port)).post(Buffer.write(INPUT + (long) port * 0x10000, lengthBytes));
    bench.bus.settle();
  }

  /** What has come back of buffers for input, each at the place where they all are: the last one's content counts. */
  public List<String> takeInput(int port) {
    List<String> got = new ArrayList<>();
    for (Used used : queue(receiveQueue(port)).collect()) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < used.writtenBytes(); i++) {
        text.append((char) bench.memory.getByte(INPUT + (long) port * 0x10000 + i));
      }
      got.add(text.toString());
    }
    return got;
  }

  /** Types on the host: what the port has room for, and no more. */
  public int type(ConsolePort port, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int count = Math.min(bytes.length, port.inputRoom());
    bench.device.receive(port, bytes, 0, count);
    bench.bus.settle();
    return count;
  }
}

package org.ballastvm.virtio.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.EventLimiter;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.RequestQueue;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.DescriptorChain;

/**
 * The console device, with one port or several, which come and go. Virtio 1.3, 5.3.
 *
 * <p>
 * What the host does with a port, it does on the event loop by this object, which takes the transport's lock.
 */
public final class ConsoleDevice implements VirtioDevice {
  /** As many ports as a device can have; it is what QEMU gives one, too, unless asked otherwise. */
  public static final int MOST_PORTS = 31;

  static final long FEATURE_SIZE = 1;
  static final long FEATURE_MULTIPORT = 1 << 1;
  static final long FEATURE_EMERGENCY_WRITE = 1 << 2;

  private static final int TYPE = 3;
  /** Communication controller, other: what QEMU's is. */
  private static final int PCI_CLASS = 0x078000;
  private static final int QUEUE_SIZE = 64;
  private static final int CONTROL_QUEUE_SIZE = 32;
  private static final int CONFIG_BYTES = 12;
  private static final int CONFIG_EMERGENCY = 8;
  /** Port 0 and control have a doorbell for each queue, all others share one. */
  private static final int SHARED_DOORBELL = 4;

  /**
   * What driver and host have made of it.
   *
   * @param driverReady whether the driver takes control messages
   * @param views what the guest knows of each number
   * @param ports what it has made of those that there are, by number; empty where there is none
   */
  public record State(boolean driverReady, List<KnownPort> views, List<Optional<ConsolePort.State>> ports)
      implements
        VirtioDevice.State {
    /** Keeps copies. */
    public State {
      views = List.copyOf(views);
      ports = List.copyOf(ports);
    }
  }

  private final int maxPorts;
  private final EventSink events;
  private final ConsolePort[] ports;
  private final Announcer announcer;
  private final Transmitter transmitter;
  private final RequestQueue control;
  private final Driver driver = new Driver();
  private ConfigNotifier transport;
  private Context context;
  private boolean driverReady;

  /**
   * A device without ports.
   *
   * @param maxPorts how many it can have, 1 to {@link #MOST_PORTS}; with 1 it has port 0 alone, and no control queues
   * @param events takes what there is to report
   */
  public ConsoleDevice(int maxPorts, EventSink events) { this(maxPorts, System::nanoTime, events); }

  /** The same, by another clock. */
  ConsoleDevice(int maxPorts, LongSupplier nanos, EventSink events) {
    if (maxPorts < 1 || maxPorts > MOST_PORTS) {
      throw new IllegalArgumentException("a device of " + maxPorts + " ports; 1 to " + MOST_PORTS + " are possible");
    }
    this.maxPorts = maxPorts;
    this.events = new EventLimiter(events);
    this.ports = new ConsolePort[maxPorts];
    this.announcer = new Announcer(maxPorts);
    this.transmitter = new Transmitter(nanos);
    this.control = new RequestQueue(CONTROL_QUEUE_SIZE, nanos, this::hear);
  }

  @Override
  public void attached(ConfigNotifier toTransport) { transport = toTransport; }

  @Override
  public int type() { return TYPE; }

  @Override
  public String name() { return "virtio-serial"; }

  @Override
  public int pciClass() { return PCI_CLASS; }

  @Override
  public long features() { return FEATURE_SIZE | FEATURE_EMERGENCY_WRITE | (maxPorts > 1 ? FEATURE_MULTIPORT : 0); }

  @Override
  public int queueCount() { return ConsoleQueues.count(maxPorts); }

  @Override
  public int queueSize(int queue) { return ConsoleQueues.isControl(queue) ? CONTROL_QUEUE_SIZE : QUEUE_SIZE; }

  @Override
  public int doorbell(int queue) { return Math.min(queue, SHARED_DOORBELL); }

  /** One for configuration and one for each queue, or one for all of them: a driver cannot use any number between. */
  @Override
  public int vectorCount() { return maxPorts > 1 ? 2 : queueCount() + 1; }

  @Override
  public int configBytes() { return CONFIG_BYTES; }

  /** {@code struct virtio_console_config}, 5.3.4. */
  @Override
  public long configRead(int offset) {
    ConsolePort first = ports[0];
    long size = first == null ? 0 : first.columns() | (long) first.rows() << 16;
    return offset < CONFIG_EMERGENCY ? (size | (long) maxPorts << 32) >>> 8 * offset : 0;
  }

  /** An emergency write is of its lowest byte, by whatever width, and needs no driver. 5.3.5.1. */
  @Override
  public void configWrite(int offset, int width, long value) {
    if (offset != CONFIG_EMERGENCY) {
      return;
    }
    for (ConsolePort port : ports) {
      if (port != null && port.isConsole()) {
        port.writeEmergency((byte) value);
        return;
      }
    }
  }

  @Override
  public void start(Context toDriver) {
    context = toDriver;
    if (!isMultiport() && ports[0] != null) {
      ports[0].openGuest(true); // Such a driver has no way to say so.
    }
  }

  private boolean isMultiport() { return (context.features() & FEATURE_MULTIPORT) != 0; }

  @Override
  public void reset() {
    List<Optional<ConsolePort.State>> kept = new ArrayList<>();
    for (ConsolePort port : ports) {
      kept.add(Optional.ofNullable(port).map(ConsolePort::afterReset));
    }
    restore(new State(false, powerOnViews(), kept));
  }

  private List<KnownPort> powerOnViews() {
    List<KnownPort> views = new ArrayList<>();
    for (int i = 0; i < maxPorts; i++) {
      views.add(PortView.POWER_ON);
    }
    return views;
  }

  @Override
  public State state() {
    List<Optional<ConsolePort.State>> all = new ArrayList<>();
    for (ConsolePort port : ports) {
      all.add(Optional.ofNullable(port).map(ConsolePort::state));
    }
    return new State(driverReady, announcer.state(), all);
  }

  /** Ports that there are in the state and not here are forgotten; those that there are here alone are as after power-on. */
  @Override
  public void restore(VirtioDevice.State state) {
    State was = (State) state;
    context = null;
    driverReady = was.driverReady();
    announcer.restore(was.views());
    for (int i = 0; i < maxPorts; i++) {
      if (ports[i] != null) {
        ports[i].restore(was.ports().get(i).orElse(ConsolePort.POWER_ON));
      }
    }
  }

  @Override
  public void queueReady(int queue) {
    if (queue >= ConsoleQueues.CONTROL_RECEIVE && !isMultiport()) {
      return;
    }
    if (queue == ConsoleQueues.CONTROL_TRANSMIT) {
      control.serve(context, queue);
      announce(); // What was said may be answered.
    } else if (queue == ConsoleQueues.CONTROL_RECEIVE) {
      announce();
    } else if (ConsoleQueues.isTransmit(queue)) {
      transmitter.serve(context, queue, ports[ConsoleQueues.portOf(queue)]);
    } else if (ports[ConsoleQueues.portOf(queue)] != null) {
      ports[ConsoleQueues.portOf(queue)].deliver(context, queue);
    }
  }

  private void announce() {
    if (driverReady) {
      announcer.announce(context, ports);
    }
  }

  private int hear(DescriptorChain chain) {
    ControlMessage.read(context.memory(), chain, driver);
    return 0;
  }

  private void mistake(String sentence) { events.accept(new DeviceEvent.GuestMistake(name(), sentence, false)); }

  /** Where ports are announced, or any queue of a device that has no such queue. */
  private int announcingQueue() {
    return maxPorts > 1 ? ConsoleQueues.CONTROL_RECEIVE : 0;
  }

  /**
   * A port of a number.
   *
   * @param number from 0, below the most that there can be
   * @return the port, if there is one; on the event loop
   */
  public Optional<ConsolePort> port(int number) { return Optional.ofNullable(ports[number]); }

  /** {@return how many ports it can have} */
  public int maxPorts() { return maxPorts; }

  /**
   * Adds a port, and announces it. On the event loop, or before it has started.
   *
   * @param port of a number that is free
   */
  public void add(ConsolePort port) {
    transport.serve(announcingQueue(), () -> {
      ports[port.number()] = port;
      if (context != null && !isMultiport() && port.number() == 0) {
        port.openGuest(true);
      }
    });
  }

  /**
   * Takes a port away, and announces that; what it has sent and nobody has taken is lost. On the event loop.
   *
   * @param port which
   */
  public void remove(ConsolePort port) {
    transport.serve(announcingQueue(), () -> {
      ports[port.number()] = null;
      announcer.view(port.number()).leave();
      port.openGuest(false);
    });
    transport.serve(ConsoleQueues.transmit(port.number()), () -> {
      // What waits there is given back to the driver.
    });
  }

  /**
   * Somebody has come to the other end of a port, or has gone. On the event loop.
   *
   * @param port which; a console is open for ever
   * @param open whether somebody is there
   */
  public void setHostOpen(ConsolePort port, boolean open) {
    transport.serve(announcingQueue(), () -> port.setHostOpen(open));
    serveOutput(port); // Without anybody, what waits is dropped.
  }

  /**
   * The terminal at the other end of a port has another size. On the event loop.
   *
   * @param port which
   * @param columns 0 to 65535; 0 if unknown
   * @param rows 0 to 65535; 0 if unknown
   */
  public void resize(ConsolePort port, int columns, int rows) {
    Runnable change = () -> port.resize(columns, rows);
    if (port.number() == 0) {
      transport.change(change); // whose size is in configuration space, too
    }
    transport.serve(announcingQueue(), change);
  }

  /**
   * Takes input for the guest. On the event loop.
   *
   * @param port which
   * @param bytes the buffer
   * @param offset of the first
   * @param count how many, at most {@link ConsolePort#inputRoom()}
   */
  public void receive(ConsolePort port, byte[] bytes, int offset, int count) {
    transport.serve(ConsoleQueues.receive(port.number()), () -> port.receive(bytes, offset, count));
  }

  /**
   * The host has room for output of a port again. On the event loop.
   *
   * @param port which
   */
  public void serveOutput(ConsolePort port) {
    transport.serve(ConsoleQueues.transmit(port.number()), () -> port.sendEmergency(transmitter.buffer()));
  }

  /** What the driver says. */
  private final class Driver implements ControlMessage.Listener {
    @Override
    public void deviceReady(boolean success) {
      driverReady = success;
      if (!success) {
        mistake("the driver could not set the device up");
      }
    }

    @Override
    public void portReady(long port, boolean success) {
      if (!isKnown(port, "ready")) {
        return;
      }
      PortView view = announcer.view((int) port);
      if (!success) {
        mistake("the driver could not set port " + port + " up");
      } else if (!view.isLeaving()) {
        view.ready();
      }
    }

    @Override
    public void portOpen(long port, boolean open) {
      if (!isKnown(port, open ? "open" : "closed")) {
        return;
      }
      ConsolePort opened = ports[(int) port];
      if (opened != null && !announcer.view((int) port).isLeaving()) { // else it went while this was under way
        opened.openGuest(open);
        opened.deliver(context, ConsoleQueues.receive((int) port));
      }
    }

    @Override
    public void unknown(long port, int event) {
      mistake("a control message of event " + event + " for port " + port + ", which is not a driver's to send");
    }

    private boolean isKnown(long port, String claim) {
      boolean known = port < maxPorts && announcer.view((int) port).isAnnounced();
      if (!known) {
        mistake("the driver says that port " + port + " is " + claim + ", and no such port was announced");
      }
      return known;
    }
  }
}

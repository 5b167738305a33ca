package org.ballastvm.virtio.driver;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.pci.PciHost;

/** A bus with one function: BARs answer where the guest put them, and interrupts are written down. */
public final class RecordingBus implements PciHost {
  private final PciFunction function;
  private final Map<Integer, Long> bars = new TreeMap<>();
  private final Map<Integer, Message> routes = new TreeMap<>();
  private final List<Message> messages = new ArrayList<>();
  private final Deque<Integer> rings = new ArrayDeque<>();
  private final Set<Integer> handedOver = new TreeSet<>();
  private final Map<Integer, Integer> connected = new TreeMap<>();
  private final List<Integer> kicks = new ArrayList<>();
  private boolean pinHigh;

  /** A message-signalled interrupt. */
  public record Message(long address, int data) {}

  /** A bus with a function in its slot. */
  public RecordingBus(PciFunction function) {
    this.function = function;
    function.attach(this);
  }

  /** Reads memory space: all ones where no BAR answers. */
  public long read(long gpa, int width) {
    int bar = barAt(gpa);
    long value = bar < 0 ? -1L : function.barRead(bar, gpa - bars.get(bar), width);
    return width == 8 ? value : value & (1L << 8 * width) - 1;
  }

  /** Writes memory space; doorbells are heard by {@link #settle()}, as an eventfd's are by the event loop. */
  public void write(long gpa, int width, long value) {
    int bar = barAt(gpa);
    if (bar < 0) {
      return;
    }
    for (PciFunction.Doorbell doorbell : function.doorbells()) {
      if (doorbell.bar() == bar && bars.get(bar) + doorbell.offset() == gpa) {
        ring(doorbell.index());
        return;
      }
    }
    function.barWrite(bar, gpa - bars.get(bar), width, value);
  }

  /** Lets the event loop run until it would sleep; returns how many turns that took. */
  public int settle() {
    int turns = 0;
    while (turn()) {
      turns++;
    }
    return turns;
  }

  /** One turn of the event loop: false if there was nothing to do. */
  public boolean turn() {
    Integer ring = rings.poll();
    if (ring != null) {
      function.doorbell(ring);
    }
    return ring != null;
  }

  /** Messages since the last call. */
  public List<Message> takeMessages() {
    List<Message> taken = List.copyOf(messages);
    messages.clear();
    return taken;
  }

  /** Whether the interrupt pin is asserted. */
  public boolean isPinHigh() { return pinHigh; }

  /** Where BARs answer, by number. */
  public Map<Integer, Long> bars() { return bars; }

  private int barAt(long gpa) {
    for (Map.Entry<Integer, Long> bar : bars.entrySet()) {
      if (gpa >= bar.getValue() && gpa - bar.getValue() < function.barBytes(bar.getKey())) {
        return bar.getKey();
      }
    }
    return -1;
  }

  @Override
  public void barMapped(int bar, long base) { bars.put(bar, base); }

  @Override
  public void barUnmapped(int bar, long base) { bars.remove(bar); }

  @Override
  public void setInterruptPin(boolean high) { pinHigh = high; }

  @Override
  public void routeVector(int vector, long address, int data) { routes.put(vector, new Message(address, data)); }

  @Override
  public void triggerVector(int vector) {
    messages.add(Objects.requireNonNull(routes.get(vector), "sent before it was routed"));
  }

  @Override
  public void ring(int doorbell) {
    if (handedOver.contains(doorbell)) {
      kicks.add(doorbell);
    } else {
      rings.add(doorbell);
    }
  }

  @Override
  public void handOver(int doorbell) { handedOver.add(doorbell); }

  @Override
  public void takeBack(int doorbell) { handedOver.remove(doorbell); }

  @Override
  public void connect(int queue, int vector) { connected.put(queue, vector); }

  /** Which doorbells others heard since the last call. */
  public List<Integer> takeKicks() {
    List<Integer> taken = List.copyOf(kicks);
    kicks.clear();
    return taken;
  }

  /** Whether a call of a queue's server becomes a message without the function. */
  public boolean isConnected(int queue) {
    return connected.getOrDefault(queue, -1) >= 0;
  }

  /** Whoever serves a queue calls the driver. */
  public void call(int queue) {
    if (isConnected(queue)) {
      triggerVector(connected.get(queue));
    } else {
      function.called(queue);
    }
  }
}

package org.ballastvm.virtio.replay;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.ballastvm.device.DeviceTimer;
import org.ballastvm.record.QueueNames;
import org.ballastvm.record.RecordedEvent;
import org.ballastvm.record.Recording;
import org.ballastvm.record.RecordingHeader;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * A device that offers what a recorded one offered, and gives chains back as that did: in the same order, with the same bytes,
 * at once. A driver that asks otherwise than the recorded one is a finding; its chain is answered as the recorded one in its
 * place, as far as there is room. What goes beyond the recording is not answered.
 */
public final class ReplayDevice implements VirtioDevice {
  private static final long OF_TRANSPORT = VERSION_1 | Virtqueue.FEATURE_INDIRECT | Virtqueue.FEATURE_EVENT_INDEX;
  private static final int MOST_IN_A_TURN = 64;

  private final Script script;
  private final DeviceTimer timer;
  private final Consumer<String> findings;
  private final byte[] config;
  private ConfigNotifier notifier = Runnable::run; // there is no driver to notify before there is a transport
  private int acts;
  private Act act;
  private Context context;
  private List<ReplayQueue> queues = List.of();
  private int writes;
  private int changes;
  private int promised;
  /** Looked at by any thread; below zero where no driver is ready. */
  private volatile int missing = -1;

  /**
   * How often a driver was ready.
   *
   * @param acts how often
   */
  public record State(int acts) implements VirtioDevice.State {}

  /**
   * A device.
   *
   * @param recording what it says
   * @param timer has the configuration change when others on the event loop have had their turn
   * @param findings is given a sentence for each thing that a driver does otherwise; under the transport's lock, as often as the
   *        guest likes
   * @throws IllegalArgumentException a sentence, if the recording does not hold what is to be said
   */
  public ReplayDevice(Recording recording, DeviceTimer timer, Consumer<String> findings) {
    this.script = Script.of(recording);
    this.timer = timer;
    this.findings = findings;
    this.act = script.acts().getFirst();
    this.config = HexFormat.of().parseHex(act.config());
    for (int size : header().queueSizes()) {
      if (Integer.bitCount(size) != 1) {
        throw new IllegalArgumentException("a queue of " + size + " entries; must be a power of two up to 32768");
      }
    }
    if (header().queueSizes().size() > 63) {
      throw new IllegalArgumentException(header().queueSizes().size() + " queues; must be 1 to 63");
    }
  }

  private RecordingHeader header() { return script.header(); }

  @Override
  public int type() { return header().type(); }

  @Override
  public String name() { return header().name(); }

  @Override
  public int pciClass() { return header().pciClass(); }

  @Override
  public void attached(ConfigNotifier transport) { notifier = transport; }

  @Override
  public long features() { return header().offered() & ~OF_TRANSPORT; }

  @Override
  public int queueCount() { return header().queueSizes().size(); }

  @Override
  public int queueSize(int queue) { return header().queueSizes().get(queue); }

  @Override
  public int configBytes() { return config.length; }

  @Override
  public long configRead(int offset) {
    long value = 0;
    for (int i = Math.min(config.length - offset, Long.BYTES) - 1; i >= 0; i--) {
      value = value << 8 | config[offset + i] & 0xff;
    }
    return value;
  }

  @Override
  public void configWrite(int offset, int width, long value) {
    long written = width == Long.BYTES ? value : value & (1L << 8 * width) - 1;
    String said = "0x" + Long.toHexString(written) + " to " + width + " bytes of the configuration at " + offset;
    long now = written;
    if (writes == act.writes().size()) {
      findings.accept("the driver writes " + said + "; nothing more was recorded");
    } else {
      RecordedEvent.ConfigWrite expected = act.writes().get(writes++);
      if (expected.offset() == offset && expected.width() == width && expected.value() == written) {
        now = expected.now();
      } else {
        findings.accept("the driver writes " + said + "; recorded was '" + expected.words() + "'");
      }
    }
    for (int i = 0; i < width; i++) {
      config[offset + i] = (byte) (now >>> 8 * i);
    }
    follow();
  }

  @Override
  public void start(Context driver) {
    context = driver;
    if (acts == script.acts().size()) {
      findings.accept("the driver is ready once more than was recorded; it hears what was said the last time");
    }
    act = next();
    acts++;
    changes = 0;
    promised = 0;
    List<ReplayQueue> all = new ArrayList<>();
    for (int i = 0; i < queueCount(); i++) {
      all.add(new ReplayQueue(type(), header().mostBytes(), driver.memory(), act.offers().get(i), act.uses().get(i)));
    }
    queues = List.copyOf(all);
    compareStart();
    count();
    follow();
  }

  /** What the driver that comes next hears. */
  private Act next() {
    return script.acts().get(Math.min(acts, script.acts().size() - 1));
  }

  private void setConfig(String digits) {
    byte[] data = HexFormat.of().parseHex(digits);
    System.arraycopy(data, 0, config, 0, Math.min(data.length, config.length));
  }

  private void compareStart() {
    if (act.features() != context.features()) {
      findings.accept("the driver chose features 0x" + Long.toHexString(context.features()) + "; recorded was 0x"
          + Long.toHexString(act.features()));
    }
    for (int i = 0; i < queueCount(); i++) {
      int size = context.queue(i) == null ? 0 : context.queue(i).size();
      int recorded = act.sizeOf(i).orElse(size);
      if (size != recorded) {
        findings.accept(queue(i) + ": the driver made it of " + size + " entries; recorded was " + recorded);
      }
    }
  }

  private String queue(int queue) {
    return "queue " + queue + " (" + QueueNames.of(type(), act.features(), queueCount(), queue) + ")";
  }

  @Override
  public void queueReady(int queue) {
    Virtqueue ring = context.queue(queue);
    ReplayQueue replay = queues.get(queue);
    for (int i = 0; i < MOST_IN_A_TURN; i++) {
      DescriptorChain chain = ring.next();
      if (chain == null) {
        break;
      }
      replay.take(chain).ifPresent(finding -> findings.accept(queue(queue) + ": " + finding));
      replay.answer(ring);
    }
    count();
    follow();
    if (context.finish(queue)) {
      context.resumeLater(queue);
    }
  }

  /** Has the configuration change where it did: once the driver had offered and written as much as it had then. */
  private void follow() {
    while (context != null && promised < act.changes().size() && isDue(act.changes().get(promised))) {
      promised++;
      Context now = context;
      timer.after(0, () -> notifier.change(() -> changeFor(now)));
    }
  }

  private boolean isDue(Act.Change change) {
    for (int i = 0; i < queues.size(); i++) {
      if (queues.get(i).taken() < change.offers().get(i)) {
        return false;
      }
    }
    return writes >= change.writes();
  }

  private void changeFor(Context driver) {
    if (driver == context && changes < act.changes().size()) {
      setConfig(act.changes().get(changes++).data());
    }
  }

  /** {@return how many recorded chains the driver has not offered yet, since it was ready last; empty if it is not. Any thread} */
  public Optional<Integer> missing() {
    int now = missing;
    return now < 0 ? Optional.empty() : Optional.of(now);
  }

  private void count() {
    int left = 0;
    for (int i = 0; i < queues.size(); i++) {
      left += act.offers().get(i).size() - queues.get(i).taken();
    }
    missing = left;
  }

  @Override
  public void reset() {
    context = null;
    queues = List.of();
    missing = -1;
    act = next();
    writes = 0;
    setConfig(act.config());
  }

  @Override
  public State state() { return new State(acts); }

  @Override
  public void restore(VirtioDevice.State state) {
    acts = ((State) state).acts();
    reset();
  }
}

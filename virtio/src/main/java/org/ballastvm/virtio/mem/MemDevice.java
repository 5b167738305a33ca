package org.ballastvm.virtio.mem;

import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.fault.Fault;
import org.ballastvm.fault.FaultKind;
import org.ballastvm.fault.FaultPoint;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.EventLimiter;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.RequestQueue;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.mem.MemPlugger.PlugRefused;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;

/**
 * The memory device: a region of blocks that the guest's driver plugs and unplugs until as much is plugged as the host
 * asks for. Virtio 1.3, 5.15.
 *
 * <p>
 * What is not plugged is out of the guest's reach. A reset by the driver changes no block, since the guest may be using
 * them; a reset of the machine unplugs all.
 */
public final class MemDevice implements VirtioDevice {
  private static final int TYPE = 24;
  private static final int QUEUE_SIZE = 128;
  private static final long ACPI_PXM = 1;
  private static final long UNPLUGGED_INACCESSIBLE = 1L << 1;
  private static final long PERSISTENT_SUSPEND = 1L << 2;
  /** What one turn on the event loop takes at most. */
  private static final int REQUESTS_IN_A_TURN = 16;

  private final MemBlocks blocks;
  private final MemHistory history;
  private final MemConfigSpace registers;
  private final EventSink events;
  private final RequestQueue requests;
  private final long[] words = new long[MemRequest.BYTES / Long.BYTES];
  private final MemorySegment staging = MemorySegment.ofArray(words);
  private Context context;
  /** Null where nothing goes wrong. */
  private DeviceFaults faults;
  private ConfigNotifier notifier = Runnable::run; // there is no driver to notify before there is a transport

  /**
   * A device with nothing plugged.
   *
   * @param config what the user asked
   * @param plugger how blocks come and go; none of the region is plugged
   * @param events takes what happens to it
   */
  public MemDevice(MemConfig config, MemPlugger plugger, EventSink events) {
    this(config, plugger, System::nanoTime, events);
  }

  /**
   * A device with nothing plugged, and a clock of its own.
   *
   * @param config what the user asked
   * @param plugger how blocks come and go; none of the region is plugged
   * @param nanos the time, as System.nanoTime
   * @param events takes what happens to it
   */
  public MemDevice(MemConfig config, MemPlugger plugger, LongSupplier nanos, EventSink events) {
    this.blocks = new MemBlocks(config, plugger);
    this.history = new MemHistory(blocks, nanos);
    this.registers = new MemConfigSpace(blocks);
    this.events = new EventLimiter(events);
    this.requests = new RequestQueue(REQUESTS_IN_A_TURN, nanos, this::serve);
  }

  /** {@return what the user asked} */
  public MemConfig config() { return blocks.config(); }

  /**
   * Asks the guest for a size. It gets there in its own time, or as near as it can.
   *
   * @param sizeBytes a multiple of the block size, 0 to the size of the region
   * @throws IllegalArgumentException if it is not
   */
  public void request(long sizeBytes) {
    MemConfig config = config();
    if (sizeBytes < 0 || sizeBytes > config.sizeBytes() || (sizeBytes & config.blockBytes() - 1) != 0) {
      throw new IllegalArgumentException(sizeBytes + " bytes in blocks of " + config.blockBytes());
    }
    if (sizeBytes != blocks.requestedBytes()) {
      notifier.change(() -> {
        blocks.request(sizeBytes);
        history.begin();
      });
    }
  }

  /** {@return how much the guest is asked to have plugged, in bytes} */
  public long requestedBytes() {
    return blocks.requestedBytes();
  }

  /** {@return how much is plugged, in bytes} */
  public long pluggedBytes() { return blocks.pluggedBytes(); }

  /** {@return what has passed since the guest was last asked for a size; on the event loop} */
  public MemTrace trace() {
    return history.trace();
  }

  /** {@return the part that the driver may choose blocks from, in bytes from the region's start} */
  public long usableBytes() {
    return blocks.usableBytes();
  }

  @Override
  public int type() { return TYPE; }

  @Override
  public String name() { return "virtio-mem"; }

  @Override
  public void attached(ConfigNotifier transport) { notifier = transport; }

  @Override
  public long features() {
    return PERSISTENT_SUSPEND | (config().hasNodes() ? ACPI_PXM : 0)
        | (config().inaccessible() == MemConfig.Inaccessible.OFF ? 0 : UNPLUGGED_INACCESSIBLE);
  }

  @Override
  public boolean agreesTo(long chosen) {
    return config().inaccessible() != MemConfig.Inaccessible.ON || (chosen & UNPLUGGED_INACCESSIBLE) != 0;
  }

  @Override
  public int queueCount() { return 1; }

  @Override
  public int queueSize(int queue) { return QUEUE_SIZE; }

  @Override
  public int configBytes() { return MemConfigSpace.BYTES; }

  @Override
  public long configRead(int offset) {
    if (offset >= MemConfigSpace.REQUESTED_SIZE) {
      history.notice();
    }
    return registers.read(offset);
  }

  @Override
  public void start(Context driver) { context = driver; }

  @Override
  public void reset() { context = null; }

  @Override
  public MemState state() { return blocks.state(); }

  /**
   * Makes the device what it was; the host gives the guest the memory that was plugged.
   *
   * @throws PlugRefused if the host refuses
   */
  @Override
  public void restore(VirtioDevice.State state) {
    context = null;
    blocks.restore((MemState) state);
    history.begin();
  }

  @Override
  public void machineReset() {
    long before = blocks.pluggedBytes();
    try {
      restore(MemState.powerOn(config(), requestedBytes()));
    } catch (PlugRefused e) {
      events.accept(new DeviceEvent.HostRefusal(name(), e.getMessage()));
      history.begin();
    }
    if (before != blocks.pluggedBytes()) {
      events.accept(new DeviceEvent.MemorySizeChanged(blocks.pluggedBytes()));
    }
  }

  @Override
  public void close() {
    answer(new MemRequest.UnplugAll()); // A guest may let the device go with memory in it.
  }

  @Override
  public void queueReady(int queue) { requests.serve(context, queue); }

  private int serve(DescriptorChain chain) {
    MemRequest request = read(chain);
    requireRoom(chain);
    write(chain, faults == null ? answer(request) : answerOrFail(request));
    if (request instanceof MemRequest.Unknown unknown) {
      events.accept(new DeviceEvent.GuestMistake(name(),
          "the guest sent a request of type " + unknown.type() + ", and there are 0 to 3", false));
    }
    return MemAnswer.BYTES;
  }

  private MemAnswer answerOrFail(MemRequest request) {
    Fault fault = faults.strike(FaultPoint.MEM_REQUEST, request.kind().type, 0);
    if (fault != null && fault.kind() == FaultKind.REQUESTED_SIZE) {
      request(Math.min(fault.value().orElseThrow(), config().sizeBytes()) & -config().blockBytes());
    }
    if (fault == null || fault.kind() == FaultKind.REQUESTED_SIZE) {
      return answer(request);
    }
    MemAnswer answer = fault.kind() == FaultKind.MEM_BUSY
        ? MemAnswer.BUSY
        : fault.kind() == FaultKind.MEM_NACK ? MemAnswer.NACK : MemAnswer.ERROR;
    history.answered(request.kind(), answer, blocks.pluggedBytes(), blocks.pluggedBytes());
    return answer;
  }

  @Override
  public void goWrong(DeviceFaults planned) { faults = planned; }

  private MemAnswer answer(MemRequest request) {
    long before = blocks.pluggedBytes();
    long usable = blocks.usableBytes();
    MemAnswer answer;
    try {
      answer = request.answer(blocks);
    } catch (PlugRefused e) {
      events.accept(new DeviceEvent.HostRefusal(name(), e.getMessage()));
      answer = MemAnswer.BUSY;
    }
    long after = blocks.pluggedBytes();
    history.answered(request.kind(), answer, before, after);
    if (context != null && (after != before || blocks.usableBytes() != usable)) {
      context.configChanged();
    }
    if (after != before) {
      events.accept(new DeviceEvent.MemorySizeChanged(after));
    }
    return answer;
  }

  private MemRequest read(DescriptorChain chain) {
    if (chain.readableBytes() < MemRequest.BYTES) {
      throw new GuestError("queue 0: a request of " + chain.readableBytes() + " bytes; all have " + MemRequest.BYTES);
    }
    int done = 0;
    for (int i = 0; done < MemRequest.BYTES; i++) {
      int step = (int) Math.min(chain.lengthBytes(i), MemRequest.BYTES - done);
      context.memory().read(chain.address(i), staging, done, step);
      done += step;
    }
    return MemRequest.of(words[0], words[1], words[2]);
  }

  /** Nothing may change for a request whose answer has no place to go. */
  private static void requireRoom(DescriptorChain chain) {
    if (chain.writableBytes() < MemAnswer.BYTES) {
      throw new GuestError(
          "queue 0: " + chain.writableBytes() + " bytes for an answer; all have " + MemAnswer.BYTES);
    }
  }

  private void write(DescriptorChain chain, MemAnswer answer) {
    words[0] = answer.type;
    words[1] = answer.state;
    int done = 0;
    for (int i = chain.readableCount(); done < MemAnswer.BYTES; i++) {
      int step = (int) Math.min(chain.lengthBytes(i), MemAnswer.BYTES - done);
      context.memory().write(chain.address(i), staging, done, step);
      done += step;
    }
  }
}

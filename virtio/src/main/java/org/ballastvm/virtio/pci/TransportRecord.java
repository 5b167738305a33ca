package org.ballastvm.virtio.pci;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.ballastvm.record.QueueNames;
import org.ballastvm.record.RecordedEvent;
import org.ballastvm.record.Recorder;
import org.ballastvm.record.RecordingHeader;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.QueueWatch;
import org.ballastvm.virtio.queue.Virtqueue;

/** Records what passes between a driver and its device. The function's lock is held. */
final class TransportRecord implements TransportWatch {
  private static final int STATUS = 0x14;
  private static final int QUEUE_SELECT = 0x16;
  private static final int QUEUE_SIZE = 0x18;
  private static final int QUEUE_VECTOR = 0x1a;
  private static final int QUEUE_ENABLE = 0x1c;

  private final Recorder recorder;
  private final VirtioDevice device;
  private final CommonConfig common;
  private final QueueRecord[] queues;
  private String config;
  private boolean agreed;
  private boolean ready;

  TransportRecord(Recorder recorder, VirtioDevice device, CommonConfig common) {
    this.recorder = recorder;
    this.device = device;
    this.common = common;
    this.config = readConfig();
    this.agreed = (common.status() & DeviceStatus.FEATURES_OK) != 0;
    this.ready = common.isDriverOk();
    this.queues = new QueueRecord[device.queueCount()];
    recorder.begin(header());
    for (int i = 0; i < queues.length; i++) {
      if (common.queue(i) != null) {
        watch(i);
      }
    }
  }

  private RecordingHeader header() {
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < queues.length; i++) {
      sizes.add(device.queueSize(i));
    }
    return new RecordingHeader(device.type(), device.name(), device.pciClass(), offered(), sizes, config,
        common.status(), common.features(), recorder.limits().chainBytes());
  }

  private long offered() { return common.driverState(0, false).offered(); }

  private String readConfig() {
    StringBuilder digits = new StringBuilder();
    for (int at = 0; at < device.configBytes(); at++) {
      QueueRecord.addDigits(digits, (int) device.configRead(at));
    }
    return digits.toString();
  }

  private void watch(int queue) {
    queues[queue] = new QueueRecord(queue, recorder, common.memory(), this::configMayDiffer);
    common.queue(queue).watch(queues[queue]);
  }

  /** A snapshot, or a queue's server, may have put another ring in the place of the one that was watched. */
  @Override
  public void looks(Virtqueue queue) {
    if (queues[queue.index()] == null) {
      watch(queue.index());
    }
    queue.watch(queues[queue.index()]);
    recorder.note(new RecordedEvent.Ring(queue.index()));
  }

  @Override
  public void configRead(int register, int width, long value) {
    recorder.note(new RecordedEvent.ConfigRead(register, width, low(value, width)));
  }

  @Override
  public void configWritten(int register, int width, long value) {
    recorder.note(new RecordedEvent.ConfigWrite(register, width, low(value, width),
        low(device.configRead(register), width)));
    config = readConfig();
  }

  private static long low(long value, int width) { return width == Long.BYTES ? value : value & (1L << 8 * width) - 1; }

  @Override
  public void configMayDiffer() {
    String now = readConfig();
    if (!now.equals(config)) {
      config = now;
      recorder.note(new RecordedEvent.ConfigChange(now));
    }
  }

  @Override
  public void commonWritten(int register, int value) {
    if (register == STATUS) {
      statusWritten(value & 0xff);
    } else if (register == QUEUE_ENABLE && common.read(QUEUE_ENABLE, 2) == 1) {
      enabled((int) common.read(QUEUE_SELECT, 2));
    }
  }

  private void statusWritten(int written) {
    int now = common.status();
    boolean asks = (written & DeviceStatus.FEATURES_OK) != 0 && !agreed;
    agreed = (now & DeviceStatus.FEATURES_OK) != 0;
    ready = common.isDriverOk();
    if (asks) {
      recorder.note(new RecordedEvent.Features(offered(), common.features(), agreed));
    }
    recorder.note(written == 0
        ? new RecordedEvent.Reset(RecordedEvent.By.DRIVER)
        : new RecordedEvent.Status(written, now));
    config = readConfig();
  }

  private void enabled(int queue) {
    recorder.note(new RecordedEvent.QueueSetup(queue,
        QueueNames.of(device.type(), common.features(), device.queueCount(), queue),
        (int) common.read(QUEUE_SIZE, 2), (int) common.read(QUEUE_VECTOR, 2)));
    watch(queue);
  }

  @Override
  public void interrupts(int queue) {
    recorder.note(new RecordedEvent.Interrupt(queue == CONFIG ? OptionalInt.empty() : OptionalInt.of(queue)));
  }

  @Override
  public void stops(DeviceEvent why) {
    recorder.note(new RecordedEvent.NeedsReset(switch (why) {
      case DeviceEvent.GuestMistake mistake -> mistake.sentence();
      case DeviceEvent.HostRefusal refusal -> refusal.sentence();
      case DeviceEvent.BalloonChanged _,DeviceEvent.MemorySizeChanged _,DeviceEvent.HintRunEnded _ -> "";
    }));
  }

  @Override
  public void machineReset() {
    agreed = false;
    forgotten(RecordedEvent.By.MACHINE);
  }

  @Override
  public void leftMemory() {
    if (ready) {
      forgotten(RecordedEvent.By.BUS);
    }
  }

  private void forgotten(RecordedEvent.By by) {
    ready = false;
    recorder.note(new RecordedEvent.Reset(by));
    config = readConfig();
  }

  @Override
  public void close() {
    recorder.end("the recording was stopped");
    for (int i = 0; i < queues.length; i++) {
      if (common.queue(i) != null) {
        common.queue(i).watch(QueueWatch.NONE);
      }
    }
  }
}

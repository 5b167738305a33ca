package org.ballastvm.virtio.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.fault.Fault;
import org.ballastvm.record.RecordedEvent;
import org.ballastvm.record.Recorder;
import org.ballastvm.record.Recording;
import org.ballastvm.record.RecordingLimits;
import org.ballastvm.record.RecordingText;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.EchoDevice;
import org.ballastvm.virtio.driver.FakeTimer;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.RecordedBench;
import org.junit.jupiter.api.Test;

/** What is recorded of a device that gives each chain back. */
class TransportRecordTest {
  private static final long BUFFER = 8L << 20;

  private final Bench<EchoDevice> bench = new Bench<>((memory, events) -> new EchoDevice());

  private static List<String> words(Recording recording) {
    return recording.entries().stream().map(entry -> entry.event().words()).toList();
  }

  private static List<String> ofKind(Recording recording, Class<? extends RecordedEvent> kind) {
    return recording.entries().stream().map(Recording.Entry::event).filter(kind::isInstance).map(RecordedEvent::words)
        .toList();
  }

  @Test
  void aDriverThatStartsAndAsksOnceIsRecordedInItsOrder() {
    RecordedBench record = new RecordedBench(bench);
    bench.memory.putLong(BUFFER, 0x8877665544332211L);
    QueueDriver queue = bench.start(EchoDevice.FEATURE).getFirst();
    queue.post(Buffer.read(BUFFER, 8), Buffer.write(BUFFER, 4), Buffer.write(BUFFER, 4));
    bench.bus.settle();
    Recording recording = record.end();
    assertEquals(List.of("reset by=driver", "status write=0x1 now=0x1", "status write=0x3 now=0x3",
        "features offered=0x130000001 chosen=0x100000001 agreed=true", "status write=0xb now=0xb",
        "queue queue=0 name=queue0 size=64 vector=0x1", "queue queue=1 name=queue1 size=32 vector=0x2",
        "status write=0xf now=0xf", "ring queue=0", "ring queue=1", "ring queue=0",
        "offer queue=0 chain=0 head=0 read=8 write=4x2 data=1122334455667788",
        "use queue=0 chain=0 head=0 length=8 data=1122334411223344", "interrupt of=queue queue=0",
        "end why=the recording was stopped"), words(recording));
    assertEquals("the recording was stopped", recording.end().orElseThrow());
  }

  @Test
  void aRecordingReadsAsItWasWritten() {
    RecordedBench record = new RecordedBench(bench);
    bench.start(EchoDevice.FEATURE).getFirst().post(Buffer.write(BUFFER, 4));
    bench.bus.settle();
    Recording recording = record.end();
    assertEquals(recording, Recording.parse(recording.text()));
    assertTrue(RecordingText.of(recording).contains("driver  queue0 #0: 4 bytes to write\n"),
        () -> RecordingText.of(recording));
  }

  @Test
  void theConfigurationIsRecordedAsItIsReadWrittenAndChanged() {
    RecordedBench record = new RecordedBench(bench);
    bench.start(EchoDevice.FEATURE);
    bench.driver.device(4, 2);
    bench.driver.device(0, 1, 0xfe);
    bench.function.change(() -> bench.device.setConfig(1));
    bench.function.change(() -> {
      // The same again is no change.
    });
    List<String> words = words(record.end()).stream().filter(line -> line.contains("config")).toList();
    assertEquals(
        List.of("config-read offset=4 width=2 value=0x6655", "config-write offset=0 width=1 value=0xfe now=0xfe",
            "config data=0100000000000000", "interrupt of=config", "interrupt of=config"),
        words);
  }

  @Test
  void aRecordingOfADriverAtWorkSaysSoAndCountsChainsFromThere() {
    QueueDriver queue = bench.start(EchoDevice.FEATURE).getFirst();
    queue.post(Buffer.write(BUFFER, 1));
    bench.bus.settle();
    RecordedBench record = new RecordedBench(bench);
    queue.post(Buffer.write(BUFFER, 2));
    bench.bus.settle();
    Recording recording = record.end();
    assertEquals(0xf, recording.header().status());
    assertEquals(List.of("offer queue=0 chain=0 head=1 read= write=2 data="),
        ofKind(recording, RecordedEvent.Offer.class));
  }

  @Test
  void bytesOfAChainAreRecordedUpToTheirBound() {
    RecordedBench record = new RecordedBench(bench, new RecordingLimits(3, 1 << 20));
    bench.memory.putInt(BUFFER, 0x04030201);
    bench.start(EchoDevice.FEATURE).getFirst().post(Buffer.read(BUFFER, 2), Buffer.read(BUFFER + 2, 2),
        Buffer.write(BUFFER, 4096));
    bench.bus.settle();
    Recording recording = record.end();
    assertTrue(ofKind(recording, RecordedEvent.Offer.class).getFirst().endsWith("read=2x2 write=4096 data=010203"));
    assertTrue(ofKind(recording, RecordedEvent.Use.class).getFirst().endsWith("length=4096 data=010203"));
  }

  @Test
  void aRecordingThatIsFullSaysSoAndTheDriverGoesOn() {
    RecordedBench record = new RecordedBench(bench, new RecordingLimits(256, RecordingLimits.LEAST_RECORD_BYTES));
    QueueDriver queue = bench.start(EchoDevice.FEATURE).getFirst();
    for (int i = 0; i < 1000; i++) {
      queue.post(Buffer.write(BUFFER, 64));
      bench.bus.settle();
      assertEquals(1, queue.collect().size());
    }
    assertEquals(Recorder.State.FULL, record.recorder().progress().state());
    Recording recording = record.end();
    assertEquals("it is as long as it may be, limit=4096", recording.end().orElseThrow());
    assertTrue(recording.text().length() <= 4096);
  }

  @Test
  void aDriverThatBreaksARuleAndAMachineThatIsResetAreRecorded() {
    RecordedBench record = new RecordedBench(bench);
    bench.start(EchoDevice.FEATURE).getFirst().offerHead(64);
    bench.driver.ring(0);
    bench.bus.settle();
    bench.function.reset();
    List<String> words = words(record.end());
    assertTrue(words.contains("needs-reset why=queue 0: descriptor 64 in a table of 64"), words::toString);
    assertTrue(words.contains("reset by=machine"), words::toString);
  }

  @Test
  void aDeviceThatMayNotReachMemoryForgetsItsDriver() {
    RecordedBench record = new RecordedBench(bench);
    bench.function.configWrite(4, 2, 2);
    bench.function.configWrite(4, 2, 6);
    bench.start(EchoDevice.FEATURE);
    bench.function.configWrite(4, 2, 2);
    assertEquals(List.of("reset by=driver", "reset by=bus"), ofKind(record.end(), RecordedEvent.Reset.class));
  }

  @Test
  void whatAFaultMakesOfACompletionIsWhatTheDriverSees() {
    QueueDriver queue = bench.start(EchoDevice.FEATURE).getFirst();
    DeviceFaults faults = new DeviceFaults(strike -> {
      // The recording has it.
    });
    bench.function.goWrong(faults, new FakeTimer());
    faults.add(Fault.parse("what=drop"));
    faults.add(Fault.parse("what=duplicate,nth=2"));
    RecordedBench record = new RecordedBench(bench);
    queue.post(Buffer.write(BUFFER, 1));
    queue.post(Buffer.write(BUFFER, 2));
    bench.bus.settle();
    assertEquals(
        List.of("use queue=0 chain=1 head=1 length=2 data=0000", "use queue=0 chain=none head=1 length=2 data="),
        ofKind(record.end(), RecordedEvent.Use.class));
  }

  @Test
  void nothingIsSeenOnceARecordingHasEnded() {
    RecordedBench record = new RecordedBench(bench);
    QueueDriver queue = bench.start(EchoDevice.FEATURE).getFirst();
    long events = record.recorder().progress().events();
    record.end();
    queue.post(Buffer.write(BUFFER, 1));
    bench.bus.settle();
    assertEquals(events, record.recorder().progress().events());
    assertFalse(queue.collect().isEmpty());
  }
}

package org.ballastvm.virtio.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.fault.Fault;
import org.ballastvm.record.Comparison;
import org.ballastvm.record.Likeness;
import org.ballastvm.record.Recording;
import org.ballastvm.record.RecordingLimits;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.virtio.blk.BlkConfig;
import org.ballastvm.virtio.blk.BlkDevice;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.BlkDriver;
import org.ballastvm.virtio.driver.EchoDevice;
import org.ballastvm.virtio.driver.FakeClock;
import org.ballastvm.virtio.driver.FakeTimer;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.RamDisk;
import org.ballastvm.virtio.driver.RandomDriver;
import org.ballastvm.virtio.driver.RecordedBench;
import org.ballastvm.virtio.rng.RngDevice;
import org.junit.jupiter.api.Test;

/** Devices are recorded with a driver, and what was recorded is replayed to it, or to one that asks otherwise. */
class ReplayTest {
  private static final RecordingLimits ALL = new RecordingLimits(1 << 16, 16 << 20);
  private static final long DATA = 8L << 20;

  private final FakeTimer timer = new FakeTimer();
  private final List<String> findings = new ArrayList<>();

  private Bench<ReplayDevice> replay(Recording recording) {
    return new Bench<>((memory, events) -> new ReplayDevice(recording, timer::after, findings::add));
  }

  private static <D extends VirtioDevice> Recording record(Bench<D> bench, Consumer<Bench<D>> driver) {
    RecordedBench record = new RecordedBench(bench, ALL);
    driver.accept(bench);
    return record.end();
  }

  private static byte[] bytes(Bench<?> bench, long gpa, int count) {
    byte[] found = new byte[count];
    bench.memory.read(gpa, MemorySegment.ofArray(found), 0, count);
    return found;
  }

  private void assertSaidTheSame(Recording first, Recording second) {
    assertEquals(Optional.empty(), Comparison.firstDifference(first, second, Likeness.WHAT_IS_SAID));
  }

  private static Bench<RngDevice> entropy() {
    Random random = new Random(7);
    return new Bench<>((memory, events) -> new RngDevice(into -> into.asByteBuffer().put(bytes(random, into)), events));
  }

  private static byte[] bytes(Random random, MemorySegment into) {
    byte[] some = new byte[(int) into.byteSize()];
    random.nextBytes(some);
    return some;
  }

  private static void ask(Bench<?> bench, int... lengths) {
    QueueDriver queue = bench.start(PciDriver.EVENT_INDEX).getFirst();
    long at = DATA;
    for (int length : lengths) {
      queue.post(Buffer.write(at, length));
      at += length;
      bench.bus.settle();
    }
  }

  @Test
  void anEntropyDeviceGivesTheRecordedBytesAgain() {
    Bench<RngDevice> original = entropy();
    Recording recording = record(original, bench -> ask(bench, 16, 100, 64));
    Bench<ReplayDevice> replayed = replay(recording);
    assertSaidTheSame(recording, record(replayed, bench -> ask(bench, 16, 100, 64)));
    assertArrayEquals(bytes(original, DATA, 180), bytes(replayed, DATA, 180));
    assertEquals(List.of(), findings);
    assertEquals(Optional.of(0), replayed.device.missing());
  }

  @Test
  void aDriverThatAsksOtherwiseIsAFindingAndIsAnsweredAllTheSame() {
    Recording recording = record(entropy(), bench -> ask(bench, 16, 100));
    Bench<ReplayDevice> replayed = replay(recording);
    ask(replayed, 16, 50, 1, 1);
    assertEquals(List.of("queue 0 (request): chain 1 is read= write=50 data=; recorded was read= write=100 data=",
        "queue 0 (request): chain 2 is one more than were recorded; nothing more is answered"), findings);
  }

  @Test
  void aDriverThatChoosesOtherFeaturesAndComesAgainIsAFinding() {
    Bench<ReplayDevice> replayed = replay(record(entropy(), bench -> ask(bench, 16)));
    replayed.start(0);
    assertEquals(List.of("the driver chose features 0x100000000; recorded was 0x120000000"), findings);
    findings.clear();
    ask(replayed, 16);
    assertTrue(findings.getFirst().startsWith("the driver is ready once more than was recorded"), findings::toString);
  }

  /** As Linux does it: pages are named until the target is reached, and the register says how many. */
  private void inflate(Bench<?> bench) {
    QueueDriver queue = bench.start(PciDriver.EVENT_INDEX).getFirst();
    timer.pass(1);
    for (int have = 0; have < bench.driver.device(0, 4); have += 64) {
      for (int i = 0; i < 64; i++) {
        bench.memory.putInt(DATA + 4L * i, 4096 + have + i);
      }
      queue.post(Buffer.read(DATA, 256));
      bench.bus.settle();
      assertEquals(1, queue.collect().size());
      bench.driver.device(4, 4, have + 64);
    }
  }

  @Test
  void aBalloonAsksForThePagesThatItAskedForWhenItWasRecorded() {
    Bench<BalloonDevice> original = new Bench<>(
        (memory, events) -> new BalloonDevice(BalloonConfig.DEFAULTS, memory, Optional.empty(), new FakeClock(),
            events));
    original.device.setTarget(256);
    Recording recording = record(original, this::inflate);
    Bench<ReplayDevice> replayed = replay(recording);
    assertSaidTheSame(recording, record(replayed, this::inflate));
    assertEquals(List.of(), findings);
    assertEquals(256, replayed.driver.device(4, 4));
  }

  @Test
  void aTargetThatChangesWhileADriverIsAtWorkChangesThereAgain() {
    Bench<BalloonDevice> original = new Bench<>(
        (memory, events) -> new BalloonDevice(BalloonConfig.DEFAULTS, memory, Optional.empty(), new FakeClock(),
            events));
    Recording recording = record(original, bench -> {
      inflate(bench);
      bench.device.setTarget(128);
    });
    Bench<ReplayDevice> replayed = replay(recording);
    replayed.start(PciDriver.EVENT_INDEX);
    assertEquals(0, replayed.driver.device(0, 4));
    timer.pass(1);
    assertEquals(128, replayed.driver.device(0, 4));
    assertEquals(2, replayed.driver.interruptStatus() & 2);
  }

  private static void useDisk(Bench<?> bench) {
    QueueDriver queue = bench.start(PciDriver.EVENT_INDEX | PciDriver.INDIRECT).getFirst();
    for (int sector = 0; sector < 4; sector++) {
      bench.memory.putInt(BlkDriver.HEADER, sector % 2 == 0 ? BlkDriver.OUT : BlkDriver.IN);
      bench.memory.putLong(BlkDriver.HEADER + 8, sector / 2);
      bench.memory.putLong(DATA + (2 << 20), 0x1111_1111_1111_1111L * (sector + 1));
      Buffer data = sector % 2 == 0 ? Buffer.read(DATA + (2 << 20), 512) : Buffer.write(DATA + 4096L * sector, 512);
      queue.post(Buffer.read(BlkDriver.HEADER, 16), data, Buffer.write(BlkDriver.STATUS, 1));
      bench.bus.settle();
      assertEquals(1, queue.collect().size());
      assertEquals(BlkDriver.OK, bench.memory.getByte(BlkDriver.STATUS));
    }
  }

  private static Bench<BlkDevice> disk() {
    return new Bench<>((memory, events) -> new BlkDevice(BlkConfig.DEFAULTS, new RamDisk(memory, 1 << 20)));
  }

  @Test
  void aDiskReadsAsItDidWhenItWasRecorded() {
    Bench<BlkDevice> original = disk();
    Recording recording = record(original, ReplayTest::useDisk);
    Bench<ReplayDevice> replayed = replay(recording);
    assertSaidTheSame(recording, record(replayed, ReplayTest::useDisk));
    assertEquals(0x1111_1111_1111_1111L, replayed.memory.getLong(DATA + 4096));
    assertArrayEquals(bytes(original, DATA + 4096, 8192 + 512), bytes(replayed, DATA + 4096, 8192 + 512));
    assertEquals(List.of(), findings);
  }

  @Test
  void aRecordingThatHasNotAllThatIsToBeSaidIsRefused() {
    RecordedBench record = new RecordedBench(disk());
    assertTrue(assertThrows(IllegalArgumentException.class, () -> replay(record.end())).getMessage()
        .startsWith("no driver was ever ready"));
    Bench<BlkDevice> original = disk();
    RecordedBench less = new RecordedBench(original);
    useDisk(original);
    assertEquals(
        "chain 1 of queue 0 came back with 513 bytes, of which it holds 256; record again with bytes=513 or more",
        assertThrows(IllegalArgumentException.class, () -> replay(less.end())).getMessage());
  }

  private static void echoThree(Bench<?> bench) {
    QueueDriver queue = bench.start(EchoDevice.FEATURE | PciDriver.EVENT_INDEX).getFirst();
    for (int i = 1; i <= 3; i++) {
      queue.offer(Buffer.write(DATA, i));
    }
    queue.kick();
    bench.bus.settle();
  }

  @Test
  void chainsThatCameOutOfOrderTwiceAndUnderAnotherNumberDoSoAgain() {
    Bench<EchoDevice> original = new Bench<>((memory, events) -> new EchoDevice());
    DeviceFaults faults = new DeviceFaults(strike -> {
      // The recording has it.
    });
    original.function.goWrong(faults, timer);
    faults.add(Fault.parse("what=reorder"));
    faults.add(Fault.parse("what=duplicate,nth=2"));
    faults.add(Fault.parse("what=wrong-id,id=40,nth=3"));
    Recording recording = record(original, ReplayTest::echoThree);
    Bench<ReplayDevice> replayed = replay(recording);
    Recording again = record(replayed, ReplayTest::echoThree);
    List<String> uses = again.entries().stream().map(entry -> entry.event().words())
        .filter(words -> words.startsWith("use")).toList();
    assertEquals(
        List.of("use queue=0 chain=1 head=1 length=2 data=0000", "use queue=0 chain=none head=1 length=2 data=",
            "use queue=0 chain=0 head=0 length=1 data=00", "use queue=0 chain=none head=40 length=3 data="),
        uses);
    assertSaidTheSame(recording, again);
    assertEquals(List.of(), findings);
  }

  @Test
  void aReplayOutlivesADriverThatDoesAnything() {
    Bench<BalloonDevice> original = new Bench<>(
        (memory, events) -> new BalloonDevice(BalloonConfig.DEFAULTS, memory, Optional.empty(), new FakeClock(),
            events));
    Recording recording = record(original, bench -> {
      bench.device.setTarget(256);
      inflate(bench);
    });
    Bench<ReplayDevice> replayed = replay(recording);
    RandomDriver driver = new RandomDriver(replayed, new Random(20261201));
    for (int step = 0; step < 5000; step++) {
      driver.step();
      timer.pass(1);
    }
    assertFalse(findings.isEmpty());
  }
}

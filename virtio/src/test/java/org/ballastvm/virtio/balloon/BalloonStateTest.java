package org.ballastvm.virtio.balloon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.ballastvm.state.SameFields;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.HintRun;
import org.ballastvm.virtio.MemoryReclaim;
import org.ballastvm.virtio.UnwrittenMemory.GivenBack;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.FakeClock;
import org.ballastvm.virtio.driver.FlatMemory;
import org.ballastvm.virtio.driver.FlatMemory.Range;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.RecordingBus.Message;
import org.ballastvm.virtio.driver.WatchedMemory;
import org.junit.jupiter.api.Test;

/** A balloon's state goes to another device, and its driver goes on with that. */
class BalloonStateTest {
  private static final BalloonConfig CONFIG = BalloonConfig.DEFAULTS.withDeflateOnOom(true).withPagePoison(true)
      .withFreePageReporting(true).withPollingInterval(5);
  private static final long LIST = 30L << 20;
  private static final long MESSAGES = 0xfee0_1000L;
  /** What is no state: scratch, what is learned again before it is used, and counts of the host. */
  private static final Set<String> NO_STATE = Set.of("Turn.*", "DescriptorChain.*", "EventLimiter.*",
      "PageLists.memory",
      "PageLists.heads", "PageLists.numbers", "FreePageReports.heads", "PageRanges.*", "RingPages.starts",
      "RingPages.ends", "RingPages.count", "RingPages.lowest", "RingPages.highest", "RingPages.known",
      "NamedPages.mustDeflate", "NamedPages.ranges", "NamedPages.bytes",
      "MsixTable.routed", "MsixTable.host", "PciFunction.host", "GuestStats.entries");

  private final FakeClock clock = new FakeClock();
  private MemoryReclaim host;
  private WatchedMemory watched;

  private BalloonDevice balloon(FlatMemory memory, EventSink events) {
    watched = new WatchedMemory(memory);
    return new BalloonDevice(CONFIG, host == null ? memory : host, Optional.of(watched), clock, events);
  }

  /** A balloon with a new driver. */
  private Bench<BalloonDevice> bench() { return new Bench<>(this::balloon); }

  private static Buffer list(Bench<?> bench, int... pages) {
    IntStream.range(0, pages.length).forEach(i -> bench.memory.putInt(LIST + 4L * i, pages[i]));
    return Buffer.read(LIST, 4 * pages.length);
  }

  private static void post(Bench<?> bench, QueueDriver queue, Buffer... buffers) {
    queue.post(buffers);
    bench.bus.settle();
    queue.collect();
  }

  /** What is no state of a device that no driver has started. */
  private static Set<String> withoutQueues() {
    Set<String> rest = new TreeSet<>(NO_STATE);
    rest.remove("DescriptorChain.*");
    return rest;
  }

  /** Has a driver do a little of everything. */
  private static List<QueueDriver> work(Bench<BalloonDevice> bench) {
    List<QueueDriver> queues = bench.start(bench.device.features() | PciDriver.EVENT_INDEX);
    bench.driver.enableMessages(MESSAGES);
    bench.driver.maskVector(4, true);
    nameFreePages(bench, queues.get(3));
    bench.device.setTarget(700);
    bench.device.setPollingIntervalSeconds(9);
    bench.driver.device(12, 4, 0xaaaa_aaaaL);
    bench.driver.device(4, 4, 333);
    bench.bus.settle();
    // A page in each of 17 blocks is one block more than can be held, then a whole one, and a full list up to a ring.
    post(bench, queues.get(0), list(bench, IntStream.range(0, 17).map(i -> i < 16 ? 512 * i + 5 : 16384).toArray()));
    post(bench, queues.get(0), list(bench, IntStream.range(4608, 5120).toArray()));
    int ring = (int) (queues.get(0).descriptors() >> 12);
    post(bench, queues.get(0), list(bench, IntStream.rangeClosed(ring - 256, ring).toArray()));
    bench.memory.putShort(LIST, 4);
    bench.memory.putLong(LIST + 2, 0x1234);
    post(bench, queues.get(2), Buffer.read(LIST, 10));
    bench.device.setPollingIntervalSeconds(0);
    bench.device.setPollingIntervalSeconds(7);
    return queues;
  }

  private static void nameFreePages(Bench<BalloonDevice> bench, QueueDriver queue) {
    bench.device.startHinting();
    bench.memory.putInt(LIST, (int) bench.driver.device(8, 4));
    post(bench, queue, Buffer.read(LIST, 4));
    post(bench, queue, Buffer.write(20L << 20, 1 << 20));
    bench.memory.putInt(LIST, HintRun.COMMAND_STOP);
    post(bench, queue, Buffer.read(LIST, 4));
    assertInstanceOf(HintRun.Complete.class, bench.device.hinting());
  }

  @Test
  void theStateCoversEveryField() {
    Bench<BalloonDevice> first = bench();
    work(first);
    Bench<BalloonDevice> second = first.movedTo(this::balloon);
    assertEquals(first.function.state(), second.function.state());
    assertEquals(Set.of(), SameFields.differences(first.function, second.function, NO_STATE));
    Set<String> untouched = new TreeSet<>(SameFields.alike(bench().function, first.function, withoutQueues()));
    // Those in use between two events alone, those that the way of another test leads by, what has no driver yet, and those
    // of devices whose queues are served elsewhere.
    untouched.removeAll(Set.of("PageLists.taken", "PageLists.strayPage", "FreePageReports.taken", "FreePageHints.named",
        "RingPages.namedPage", "GuestStats.asked", "FeatureWords.unknown", "FeatureWords.offered",
        "CommonConfig.configVector",
        "FeatureWords.deviceSelect", "PciFunction.interruptPinOff", "PciFunction.msix", "PciFunction.busMaster",
        "Bars.bytes", "Bars.mappedAt", "MsixTable.functionMasked", "PciConfigSpace.nextCapability",
        "PciConfigSpace.writable", "BalloonDevice.trace", "BalloonDevice.notifier", "QueueSetup.size",
        "QueueSetup.mostEntries", "PciFunction.faults", "VirtioPciFunction.faults", "VirtioPciFunction.watch",
        "DeviceRegisters.faults", "DeviceRegisters.watch", "FreePageHints.faults",
        "CallWires.vectors", "CommonConfig.mayBeServed", "ServedQueues.given"));
    assertEquals(Set.of(), untouched, "the driver touches all that there is");
  }

  @Test
  void aResetIsPowerOnButForWhatIsTheHosts() {
    Bench<BalloonDevice> worked = bench();
    work(worked);
    worked.function.reset();
    Bench<BalloonDevice> fresh = bench();
    fresh.function.reset();
    assertEquals(Set.of("BalloonConfigSpace.numPages", "CommonConfig.generation", "FreePageHints.nextId",
        "GuestStats.intervalSeconds"), SameFields.differences(fresh.function, worked.function, withoutQueues()));
    assertEquals(worked.device.state().powerOn(), worked.device.state());
    assertEquals(700, worked.device.targetPages());
  }

  @Test
  void aStateIsASnapshot() {
    Bench<BalloonDevice> bench = bench();
    VirtioDevice.State before = bench.device.state();
    work(bench);
    assertNotEquals(before, bench.device.state());
    VirtioDevice.State after = bench.device.state();
    bench.driver.reset();
    assertNotEquals(after, bench.device.state());
    bench.device.restore(after);
    assertEquals(after, bench.device.state());
    assertThrows(ClassCastException.class, () -> bench.device.restore(new VirtioDevice.State() {
    }));
  }

  @Test
  void theDriverGoesOnWithTheOther() {
    Bench<BalloonDevice> first = bench();
    List<QueueDriver> queues = work(first);
    Bench<BalloonDevice> second = first.movedTo(this::balloon);
    first.memory.takeDiscarded();
    second.bus.settle();
    assertTrue(second.memory.takeDiscarded().contains(new Range(512 * 8 + 5, 1)), "what was held is given back");
    assertEquals(333, second.device.actualPages());
    assertEquals(0x1234, second.device.stats().values().get(BalloonStat.FREE_MEMORY));
    post(second, queues.get(0), list(second, IntStream.range(4096, 4608).toArray()));
    second.driver.device(4, 4, 845);
    second.bus.settle();
    assertEquals(List.of(new Range(4096, 512)), second.memory.takeDiscarded());
    assertEquals(OptionalLong.of(7), clock.rings());
    clock.pass(7);
    second.bus.settle();
    assertEquals(1, queues.get(2).collect().size(), "the buffer that was kept asks the driver again");
    second.bus.takeMessages();
    second.device.setTarget(0);
    assertEquals(List.of(new Message(MESSAGES, 0)), second.bus.takeMessages());
  }

  @Test
  void aBatchThatIsCutInTwoIsDoneToItsEnd() {
    List<Long> given = new ArrayList<>();
    host = slowHost(given);
    Bench<BalloonDevice> first = bench();
    QueueDriver inflate = first.start(0).getFirst();
    for (int chain = 0; chain < 4; chain++) {
      int from = 2000 + 1000 * chain;
      long at = LIST + 8192L * chain;
      IntStream.range(0, 300).forEach(i -> first.memory.putInt(at + 4L * i, from + 2 * i));
      inflate.offer(Buffer.read(at, 1200));
    }
    inflate.kick();
    assertTrue(first.bus.turn());
    assertEquals(List.of(), inflate.collect(), "the turn is over before the batch is");
    assertTrue(given.size() > 1 && given.size() < 1200, given.size() + " pages");
    Bench<BalloonDevice> second = first.movedTo(this::balloon);
    assertEquals(first.function.state(), second.function.state());
    second.bus.settle();
    assertEquals(4, inflate.collect().size());
    assertEquals(1200, given.stream().distinct().count());
    post(second, inflate, list(second, 1500));
    assertEquals(1500L << 12, given.getLast());
  }

  private MemoryReclaim slowHost(List<Long> given) {
    return new MemoryReclaim() {
      @Override
      public void discard(long gpa, long lengthBytes) {
        given.add(gpa);
        clock.passNanos(100_000);
      }

      @Override
      public void makePresent(long gpa, long lengthBytes) { clock.passNanos(100_000); }
    };
  }

  @Test
  void aRunOfHintsUnderWayIsCancelledAndTheDriverIsNotified() {
    Bench<BalloonDevice> first = bench();
    List<QueueDriver> queues = first.start(first.device.features());
    first.driver.enableMessages(MESSAGES);
    first.device.startHinting();
    first.memory.putInt(LIST, (int) first.driver.device(8, 4));
    post(first, queues.get(3), Buffer.read(LIST, 4));
    assertInstanceOf(HintRun.Reporting.class, first.device.hinting());
    Bench<BalloonDevice> second = first.movedTo(this::balloon);
    assertEquals(new HintRun.Complete(HintRun.Ending.CANCELLED, 0,
        GivenBack.NOTHING), second.device.hinting());
    assertEquals(HintRun.COMMAND_DONE, second.driver.device(8, 4));
    assertEquals(List.of(new Message(MESSAGES, 0)), second.bus.takeMessages());
    second.device.startHinting();
    assertEquals(0x8000_0001L, second.driver.device(8, 4), "each run has a command of its own");
  }

  @Test
  void aDeviceWithoutADriverHasAStateToo() {
    Bench<BalloonDevice> first = bench();
    first.device.setTarget(42);
    Bench<BalloonDevice> second = first.movedTo(this::balloon);
    assertEquals(42, second.device.targetPages());
    assertEquals(first.function.state(), second.function.state());
    assertEquals(5, second.start(second.device.features()).size());
  }
}

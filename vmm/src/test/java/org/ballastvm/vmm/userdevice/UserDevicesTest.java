package org.ballastvm.vmm.userdevice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.device.Device;
import org.ballastvm.device.PciAdapter;
import org.ballastvm.device.SimplePci;
import org.ballastvm.device.SimpleVirtio;
import org.ballastvm.device.VirtioAdapter;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.FakeTimer;
import org.ballastvm.virtio.driver.FlatMemory;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.QueueDriver.Used;
import org.ballastvm.virtio.driver.RecordingBus;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices that are files of source: those of the documentation, driven by drivers in Java, and those that are wrong. */
class UserDevicesTest {
  private static final Path EXAMPLES = Path.of("..", "docs", "examples");
  private static final long BUFFER = 8L << 20;
  private static final String RNG = """
      import org.ballastvm.device.*;
      public class Mine implements SimpleVirtio {
        record Config(byte a, short b, int c, long d) {}
        public int type() { return 4; }
        public Record config() { return new Config((byte) 1, (short) 0x302, 4, 5); }
        public void ready(Queue queue) { %s }
      }
      """;

  @TempDir
  Path directory;

  private static Device make(Path source, Optional<String> name) {
    return UserDevices.make(new DeviceConfig.Java(Optional.empty(), OptionalInt.empty(), Optional.of(source), name,
        List.of())).device();
  }

  private Device make(String text) throws IOException {
    Path file = directory.resolve("Mine.java");
    Files.writeString(file, text);
    return make(file, Optional.empty());
  }

  private static Bench<VirtioAdapter> bench(Device device, FakeTimer timer) {
    return new Bench<>((memory, events) -> new VirtioAdapter((SimpleVirtio) device, timer::after));
  }

  @Test
  void theEntropySourceOfTheDocumentationStalls() {
    FakeTimer timer = new FakeTimer();
    Bench<VirtioAdapter> bench = bench(make(EXAMPLES.resolve("StallingRng.java"), Optional.empty()), timer);
    QueueDriver queue = bench.start(0).getFirst();
    for (int i = 0; i < 5; i++) {
      queue.offer(Buffer.write(BUFFER + 100L * i, 16));
    }
    queue.kick();
    bench.bus.settle();
    assertEquals(List.of(new Used(0, 16), new Used(1, 16), new Used(2, 16), new Used(4, 16)), queue.collect());
    timer.pass(999);
    assertEquals(List.of(), queue.collect());
    timer.pass(1);
    assertEquals(List.of(new Used(3, 16)), queue.collect());
    assertTrue(bench.bus.isPinHigh(), "the driver is notified");
    assertEquals(37 * 4 + 1 & 0xff, bench.memory.getByte(BUFFER + 401));
  }

  @Test
  void theCardOfTheDocumentationCopiesMemory() {
    FakeTimer timer = new FakeTimer();
    FlatMemory memory = new FlatMemory();
    List<DeviceEvent> events = new ArrayList<>();
    PciAdapter card = new PciAdapter((SimplePci) make(EXAMPLES.resolve("Edu.java"), Optional.empty()), memory,
        timer::after, events::add);
    RecordingBus bus = new RecordingBus(card);
    new PciDriver(card, bus, memory);
    long base = bus.bars().get(0);
    assertEquals(0x010000edL, bus.read(base, 4));
    bus.write(base + 4, 4, 5);
    assertEquals(~5L & 0xffff_ffffL, bus.read(base + 4, 4));
    bus.write(base + 8, 4, 5);
    assertEquals(120, bus.read(base + 8, 4));
    memory.putLong(BUFFER, 0x1122_3344_5566_7788L);
    transfer(bus, base, BUFFER, 0x40000, 1);
    timer.pass(10);
    assertTrue(bus.isPinHigh());
    transfer(bus, base, 0x40000, BUFFER + 64, 3);
    timer.pass(10);
    assertEquals(0x1122_3344_5566_7788L, memory.getLong(BUFFER + 64));
    bus.write(base + 0x64, 4, 0x100);
    assertEquals(false, bus.isPinHigh());
    transfer(bus, base, -16, 0x40000, 1);
    timer.pass(10);
    assertTrue(events.getFirst().toString().contains("are not all memory"), events.toString());
  }

  private static void transfer(RecordingBus bus, long base, long from, long to, int command) {
    bus.write(base + 0x80, 8, from);
    bus.write(base + 0x88, 8, to);
    bus.write(base + 0x90, 8, 8);
    bus.write(base + 0x98, 8, command);
  }

  @Test
  void aRecordIsTheConfiguration() throws IOException {
    Bench<VirtioAdapter> bench = bench(make(RNG.formatted("")), new FakeTimer());
    assertArrayEquals(new long[]{1, 0x302, 4, 5}, new long[]{bench.driver.device(0, 1), bench.driver.device(1, 2),
        bench.driver.device(3, 4), bench.driver.device(7, 8)});
  }

  @ParameterizedTest
  @ValueSource(strings = {"IllegalStateException", "AssertionError", "NoClassDefFoundError", "StackOverflowError"})
  void whatThrowsStopsTheDeviceAlone(String thrown) throws IOException {
    Bench<VirtioAdapter> bench = bench(make(RNG.formatted("throw new " + thrown + "(\"oh\");")), new FakeTimer());
    QueueDriver queue = bench.start(0).getFirst();
    queue.post(Buffer.write(BUFFER, 16));
    bench.bus.settle();
    assertEquals(PciDriver.NEEDS_RESET, bench.driver.status() & PciDriver.NEEDS_RESET);
    assertTrue(bench.events.getFirst().toString().contains("Mine threw java.lang." + thrown + ": oh at"),
        bench.events.toString());
  }

  @Test
  void whatThrowsWhenItIsAskedForFeaturesOffersNone() throws IOException {
    Bench<VirtioAdapter> bench = bench(make(RNG.formatted("").replace("public int type",
        "public long features() { throw new AssertionError(); } public int type")), new FakeTimer());
    assertEquals(1, bench.start(0).size());
  }

  @Test
  void aDeviceThatLeavesItsChainsIsAskedAgainWhenTheDriverRings() throws IOException {
    Bench<VirtioAdapter> bench = bench(make(RNG.formatted("")), new FakeTimer());
    QueueDriver queue = bench.start(0).getFirst();
    queue.post(Buffer.write(BUFFER, 16));
    assertEquals(1, bench.bus.settle());
    queue.post(Buffer.write(BUFFER, 16));
    assertEquals(1, bench.bus.settle());
  }

  @Test
  void aFileThatHasChangedIsAnotherDevice() throws IOException {
    Device first = make(RNG.formatted(""));
    Device second = make(RNG.formatted("queue.next();"));
    assertNotEquals(first.getClass(), second.getClass());
    assertEquals(first.getClass().getName(), second.getClass().getName());
  }

  @Test
  void whatIsNoDeviceIsRefusedWithASentence() {
    assertRefused("class Mine {}", "has no device; a device is a class that implements SimpleVirtio or SimplePci");
    assertRefused("clas Mine {}", "Mine.java: does not compile:\n");
    assertRefused(RNG.formatted("").replace("record", "public int needsApi() { return 99; } record"),
        "Mine: needs version 99 of org.ballastvm.device, and this is version 1");
    assertRefused(RNG.formatted("").replace("record", "Mine(int a) {} record"),
        "Mine: has no constructor without parameters");
    assertRefused(RNG.formatted("").replace("record", "Mine() { throw new RuntimeException(\"no\"); } record"),
        "Mine: its constructor threw java.lang.RuntimeException: no");
    assertRefused(RNG.formatted("") + RNG.formatted("").replace("public class Mine", "class Other")
        .replace("import org.ballastvm.device.*;", ""), "has several devices; class= must name one of Mine, Other");
    assertTrue(assertThrows(UserError.class, () -> make(Path.of("/nowhere/X.java"), Optional.empty())).getMessage()
        .contains("source=/nowhere/X.java: cannot be read"));
  }

  private void assertRefused(String text, String part) {
    String sentence = assertThrows(UserError.class, () -> make(text)).getMessage();
    assertTrue(sentence.contains(part), sentence);
  }
}

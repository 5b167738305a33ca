package org.ballastvm.virtio.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.EchoDevice;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configuration space and BARs, looked at as drivers/virtio/virtio_pci_modern_dev.c of Linux does. */
class ConfigurationTest {
  private static final int COMMAND = 0x04;
  private static final int BAR_1 = 0x14;
  private static final int BAR_4 = 0x20;
  private static final int WINDOW = 5;

  private final Bench<EchoDevice> bench = new Bench<>((memory, events) -> new EchoDevice());
  private final PciFunction function = bench.function;
  private final PciDriver driver = bench.driver;

  private record Structure(int bar, long offset, long lengthBytes) {}

  private Map<Integer, Structure> structures() {
    Map<Integer, Structure> found = new TreeMap<>();
    for (int at = function.configRead(0x34, 1); at != 0; at = function.configRead(at + 1, 1)) {
      int type = function.configRead(at + 3, 1);
      if (function.configRead(at, 1) == 0x09 && type != WINDOW) {
        found.put(type, new Structure(function.configRead(at + 4, 1), function.configRead(at + 8, 4),
            function.configRead(at + 12, 4)));
      }
    }
    return found;
  }

  @Test
  void theFunctionSaysThatItIsAModernVirtioDevice() {
    assertEquals(0x1af4, function.configRead(0x00, 2));
    assertEquals(0x1040 + 42, function.configRead(0x02, 2));
    assertEquals(1, function.configRead(0x08, 1));
    assertEquals(0x00ff00, function.configRead(0x08, 4) >>> 8);
    assertEquals(0x10, function.configRead(0x06, 2) & 0x10);
    assertEquals(1, function.configRead(0x3d, 1));
  }

  @Test
  void everyStructureLiesInItsBarAndIsLongEnough() {
    Map<Integer, Structure> found = structures();
    assertEquals(List.of(1, 2, 3, 4), List.copyOf(found.keySet()));
    found.values().forEach(s -> assertTrue(s.offset % 4 == 0
        && s.offset + s.lengthBytes <= function.barBytes(s.bar), s::toString));
    assertTrue(found.get(1).lengthBytes >= 56);
    assertTrue(found.get(2).lengthBytes >= 4 * driver.common(0x12, 2));
  }

  @Test
  void capabilitiesDoNotOverlap() {
    int end = 0x40;
    for (int at = function.configRead(0x34, 1); at != 0; at = function.configRead(at + 1, 1)) {
      assertTrue(at >= end && at % 4 == 0, "capability at " + at);
      end = at + (function.configRead(at, 1) == 0x11 ? 12 : function.configRead(at + 2, 1));
    }
    assertTrue(end <= 0x100);
  }

  @Test
  void aBarSaysHowLargeItIs() {
    int before = function.configRead(BAR_4, 4);
    function.configWrite(COMMAND, 2, 0);
    function.configWrite(BAR_4, 4, -1);
    assertEquals(-0x4000, function.configRead(BAR_4, 4));
    function.configWrite(0x10, 4, -1);
    assertEquals(0, function.configRead(0x10, 4));
    function.configWrite(BAR_4, 4, before);
    assertEquals(before, function.configRead(BAR_4, 4));
  }

  @Test
  void aBarAnswersWhereItWasMovedAndNotWhereItWas() {
    long before = bench.bus.bars().get(4);
    function.configWrite(BAR_4, 4, 0xd000_0000);
    assertEquals(0xd000_0000L, function.barAddress(4));
    assertEquals(2, bench.bus.read(0xd000_0012L, 2));
    assertEquals(0xffff, bench.bus.read(before + 0x12, 2));
  }

  @Test
  void aBarMovesAlsoByItsBytes() {
    function.configWrite(BAR_4 + 3, 1, 0xe0);
    assertEquals(0xe000_0000L, bench.bus.bars().get(4) & 0xff00_0000L);
  }

  @Test
  void nothingAnswersWhenDecodingIsOff() {
    Map<Integer, Long> before = Map.copyOf(bench.bus.bars());
    function.configWrite(COMMAND, 2, 0);
    assertEquals(Map.of(), bench.bus.bars());
    assertEquals(0, function.barAddress(4));
    function.configWrite(COMMAND, 2, 2);
    assertEquals(before, bench.bus.bars());
  }

  @Test
  void aBarAtAddressZeroDoesNotAnswer() {
    function.configWrite(BAR_1, 4, 0);
    assertEquals(List.of(4), List.copyOf(bench.bus.bars().keySet()));
  }

  @Test
  void aResetOfTheMachineSwitchesDecodingOffAndKeepsThePlaces() {
    bench.start(0);
    int place = function.configRead(BAR_4, 4);
    function.reset();
    assertEquals(Map.of(), bench.bus.bars());
    assertEquals(place, function.configRead(BAR_4, 4));
    assertEquals(0, function.configRead(COMMAND, 2));
    assertEquals(false, bench.device.isStarted());
  }

  @ParameterizedTest
  @CsvSource({"0x00, 4", "0x08, 4", "0x2c, 4", "0x34, 1", "0x44, 4", "0x3d, 1", "0x10, 4", "0xfc, 4"})
  void whatIsReadOnlyStays(int offset, int width) {
    int before = function.configRead(offset, width);
    function.configWrite(offset, width, ~before);
    assertEquals(before, function.configRead(offset, width));
  }

  @Test
  void configurationEndsAt256Bytes() {
    for (int width : new int[]{2, 4}) {
      assertEquals(-1, function.configRead(257 - width, width));
      function.configWrite(257 - width, width, -1);
    }
    assertEquals(-1, function.configRead(-1, 1));
  }

  @Test
  void theWindowReachesTheRegistersOfABar() {
    window(4, 0x12, 2);
    assertEquals(2, function.configRead(data(), 2));
    window(4, 0x14, 1);
    function.configWrite(data(), 1, PciDriver.ACKNOWLEDGE);
    assertEquals(PciDriver.ACKNOWLEDGE, driver.status());
    window(4, 0x2004, 4);
    assertEquals(0x8877_6655, function.configRead(data(), 4));
  }

  @Test
  void theWindowRingsADoorbellToo() {
    QueueDriver queue = bench.start(0).getFirst();
    queue.offer(Buffer.read(8 << 20, 4));
    window(4, 0x3000, 2);
    function.configWrite(data(), 2, 0);
    bench.bus.settle();
    assertEquals(1, queue.collect().size());
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 4", "6, 0, 4", "255, 0, 4", "4, 0x4000, 4", "4, 0x3ffe, 4", "4, -4, 4", "4, 0x12, 3", "4, 0x12, 0",
      "4, 0x12, 8", "4, 0x13, 2", "4, 0x12, -1"})
  void aWindowThatLooksAtNothingShowsNothing(int bar, int offset, int width) {
    window(bar, offset, width);
    function.configWrite(data(), 4, 0x5555_5555);
    assertEquals(0x5555_5555, function.configRead(data(), 4));
    assertEquals(0, driver.status());
    assertEquals(List.of(), bench.events);
  }

  private void window(int bar, int offset, int width) {
    int at = driver.capability(WINDOW);
    function.configWrite(at + 4, 1, bar);
    function.configWrite(at + 8, 4, offset);
    function.configWrite(at + 12, 4, width);
  }

  private int data() { return driver.capability(WINDOW) + 16; }

  @ParameterizedTest
  @CsvSource({"0, 1, 0x11", "0, 2, 0x2211", "0, 4, 0x44332211", "0, 8, 0x8877665544332211", "4, 4, 0x88776655",
      "7, 1, 0x88", "1, 2, 0x3322", "3, 4, 0x77665544", "6, 4, 0x8877", "8, 4, 0", "0xffc, 4, 0"})
  void theDevicesRegistersAreReadInAnyWidth(int offset, int width, String value) {
    assertEquals(Long.parseUnsignedLong(value.replace("0x", ""), 16), driver.device(offset, width));
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 0x88776655443322aa", "2, 2, 0x88776655bbaa2211", "4, 4, 0xddccbbaa44332211",
      "0, 8, 0x1100ffeeddccbbaa", "6, 4, 0x8877665544332211", "8, 1, 0x8877665544332211"})
  void theDevicesRegistersAreWrittenInAnyWidthThatFits(int offset, int width, String value) {
    driver.device(offset, width, 0x1100_ffee_ddcc_bbaaL);
    assertEquals(Long.parseUnsignedLong(value.substring(2), 16), driver.device(0, 8));
  }

  @Test
  void readingRoundsNothingUpBehindARegister() {
    driver.negotiate(PciDriver.VERSION_1);
    driver.openQueue(0, 16, 0);
    assertEquals(0x10_0000, driver.common(0x20, 8));
    assertEquals(0x10_0000, driver.common(0x20, 4));
    assertEquals(0, driver.common(0x24, 4));
    assertEquals(0, driver.common(0x38, 4));
    assertEquals(0, driver.common(0xffc, 4));
  }

  @Test
  void noAccessOfAnyWidthAnywhereBreaksAnything() {
    for (long base : bench.bus.bars().values()) {
      for (int offset = 0; offset < 0x4000; offset++) {
        for (int width = 1; width <= 8; width *= 2) {
          bench.bus.read(base + offset, width);
        }
      }
    }
    assertEquals(List.of(), bench.events);
  }

  @Test
  void aDoorbellThatNoEventfdTookRingsAllTheSame() {
    List<QueueDriver> queues = bench.start(0);
    queues.get(1).offer(Buffer.read(8 << 20, 4));
    function.barWrite(4, 0x3004, 2, 1);
    function.barWrite(4, 0x3008, 2, 2);
    function.barWrite(4, 0x3ffc, 4, -1);
    bench.bus.settle();
    assertEquals(1, queues.get(1).collect().size());
    assertEquals(List.of(), bench.events);
  }

  @Test
  void everyQueueHasADoorbellWhereItsDriverWouldRing() {
    Structure notify = structures().get(2);
    int multiplier = function.configRead(driver.capability(2) + 16, 4);
    for (PciFunction.Doorbell bell : function.doorbells()) {
      driver.common(0x16, 2, bell.index());
      assertEquals(notify.bar, bell.bar());
      assertEquals(notify.offset + driver.common(0x1e, 2) * multiplier, bell.offset());
    }
  }
}

package org.ballastvm.virtio.pci;

import static org.ballastvm.virtio.driver.PciDriver.ACKNOWLEDGE;
import static org.ballastvm.virtio.driver.PciDriver.DRIVER;
import static org.ballastvm.virtio.driver.PciDriver.DRIVER_OK;
import static org.ballastvm.virtio.driver.PciDriver.FEATURES_OK;
import static org.ballastvm.virtio.driver.PciDriver.NEEDS_RESET;
import static org.ballastvm.virtio.driver.PciDriver.VERSION_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.EchoDevice;
import org.ballastvm.virtio.driver.FlatMemory;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Virtio 1.3, 3.1: from reset to a device that works, and all the ways not to get there. */
class HandshakeTest {
  private static final int SIZE = 0x18;
  private static final int ENABLE = 0x1c;
  private static final int DESCRIPTORS = 0x20;
  private static final int AVAIL = 0x28;
  private static final int USED = 0x30;

  private final Bench<EchoDevice> bench = new Bench<>((memory, events) -> new EchoDevice());
  private final PciDriver driver = bench.driver;

  @Test
  void aDeviceStartsWithAnEmptyStatusAndFullQueues() {
    assertEquals(0, driver.status());
    assertEquals(2, driver.common(0x12, 2));
    driver.common(0x16, 2, 1);
    assertEquals(EchoDevice.QUEUE_SIZE / 2, driver.common(SIZE, 2));
    assertEquals(PciDriver.NO_VECTOR, driver.common(0x1a, 2));
    assertEquals(0, driver.common(ENABLE, 2));
    assertEquals(EchoDevice.FEATURE | PciDriver.INDIRECT | PciDriver.EVENT_INDEX | VERSION_1, driver.offered());
  }

  @Test
  void featureWordsBehindTheSecondAreEmpty() {
    driver.common(0x00, 4, 2);
    assertEquals(0, driver.common(0x04, 4));
    driver.common(0x00, 4, 0xffff_ffffL);
    assertEquals(0, driver.common(0x04, 4));
  }

  @Test
  void theDeviceLearnsWhatBothAgreedOnWhenTheDriverIsReady() {
    assertTrue(driver.negotiate(VERSION_1 | EchoDevice.FEATURE));
    assertFalse(bench.device.isStarted());
    driver.addStatus(DRIVER_OK);
    assertEquals(VERSION_1 | EchoDevice.FEATURE, bench.device.agreedFeatures());
    assertEquals(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK, driver.status());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, EchoDevice.FEATURE, VERSION_1 | 2, VERSION_1 | 1L << 35, VERSION_1 | Long.MIN_VALUE})
  void featuresThatAreNotOfferedOrNotModernAreRefused(long wanted) {
    assertFalse(driver.negotiate(wanted));
    assertTrue(driver.negotiate(VERSION_1));
    assertEquals(List.of(), bench.events);
  }

  @Test
  void aFeatureBehindTheOfferedWordsIsRefused() {
    driver.reset();
    driver.common(0x08, 4, 2);
    driver.common(0x0c, 4, 1);
    driver.common(0x08, 4, 1);
    driver.common(0x0c, 4, 1);
    driver.addStatus(ACKNOWLEDGE | DRIVER);
    driver.addStatus(FEATURES_OK);
    assertEquals(ACKNOWLEDGE | DRIVER, driver.status());
    assertTrue(driver.negotiate(VERSION_1));
  }

  @Test
  void featuresCannotChangeOnceAgreedOn() {
    driver.negotiate(VERSION_1);
    driver.common(0x08, 4, 0);
    driver.common(0x0c, 4, 0xffff_ffffL);
    driver.addStatus(DRIVER_OK);
    assertEquals(VERSION_1, bench.device.agreedFeatures());
  }

  @Test
  void aDriverThatIsReadyBeforeFeaturesAreReadsSo() {
    driver.reset();
    driver.addStatus(ACKNOWLEDGE | DRIVER);
    driver.addStatus(DRIVER_OK);
    assertEquals(ACKNOWLEDGE | DRIVER | NEEDS_RESET, driver.status());
    assertFalse(bench.device.isStarted());
    assertMistakeThenWorks("DRIVER_OK");
  }

  @Test
  void statusBitsGoAwayByAResetAlone() {
    bench.start(0);
    driver.common(0x14, 1, ACKNOWLEDGE);
    assertEquals(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK, driver.status());
    driver.reset();
    assertEquals(0, driver.status());
    assertFalse(bench.device.isStarted());
  }

  @Test
  void theDriverCannotSayThatTheDeviceNeedsAReset() {
    driver.addStatus(ACKNOWLEDGE | NEEDS_RESET);
    assertEquals(ACKNOWLEDGE, driver.status());
  }

  @Test
  void aResetForgetsWhatTheDriverSetUp() {
    bench.start(EchoDevice.FEATURE);
    driver.reset();
    driver.common(0x16, 2, 0);
    assertEquals(0, driver.common(ENABLE, 2));
    assertEquals(0, driver.common(DESCRIPTORS, 8));
    assertEquals(PciDriver.NO_VECTOR, driver.common(0x10, 2));
    driver.common(0x08, 4, 0);
    assertEquals(0, driver.common(0x0c, 4));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 48, 128, 0x8000, 0xffff})
  void aQueueOfAnImpossibleSizeIsAMistake(int size) {
    driver.negotiate(VERSION_1);
    driver.common(0x16, 2, 0);
    driver.common(SIZE, 2, size);
    assertMistakeThenWorks("a size of " + size + " entries");
  }

  @ParameterizedTest
  @CsvSource({"1, descriptors", "16, entries", "64, all"})
  void aQueueMayBeSmallerThanTheDeviceAllows(int size, String why) {
    driver.negotiate(VERSION_1);
    QueueDriver queue = driver.openQueue(0, size, 0);
    driver.addStatus(DRIVER_OK);
    for (int i = 0; i < 3 * size; i++) {
      queue.post(Buffer.read(8 << 20, 4));
      bench.bus.settle();
      assertEquals(1, queue.collect().size(), why);
    }
  }

  @ParameterizedTest
  @CsvSource({"0x20, 0, without the addresses", "0x28, 0, without the addresses", "0x30, 0, without the addresses",
      "0x20, 0x100008, descriptor table", "0x28, 0x108001, available ring", "0x30, 0x10a002, used ring",
      "0x20, 0x1ffffc0, descriptor table", "0x28, 0x2000000, available ring", "0x30, 0x7fffffffffffff00, used ring",
      "0x30, -16, used ring", "0x20, -16, descriptor table"})
  void aQueueWhosePartsAreNotInMemoryIsAMistake(int register, long gpa, String words) {
    driver.negotiate(VERSION_1);
    driver.common(0x16, 2, 0);
    driver.common(DESCRIPTORS, 8, 0x10_0000);
    driver.common(AVAIL, 8, 0x10_8000);
    driver.common(USED, 8, 0x10_a000);
    driver.common(register, 8, gpa);
    driver.common(ENABLE, 2, 1);
    assertEquals(0, driver.common(ENABLE, 2));
    assertEquals(0, bench.memory.straying());
    assertMistakeThenWorks(words);
  }

  @Test
  void aQueueThatIsEnabledBeforeFeaturesAreAgreedOnIsAMistake() {
    driver.reset();
    driver.openQueue(0, 64, 0);
    assertMistakeThenWorks("before features");
  }

  @Test
  void anEnabledQueueStaysAsItIs() {
    driver.negotiate(VERSION_1);
    QueueDriver queue = driver.openQueue(0, 16, 1);
    driver.common(SIZE, 2, 32);
    driver.common(DESCRIPTORS, 4, 0xdead_0000L);
    driver.common(ENABLE, 2, 0);
    assertEquals(16, driver.common(SIZE, 2));
    assertEquals(queue.descriptors(), driver.common(DESCRIPTORS, 8));
    assertEquals(1, driver.common(ENABLE, 2));
  }

  @Test
  void aQueueThatDoesNotExistHasNoEntriesAndTakesNothing() {
    driver.negotiate(VERSION_1);
    driver.common(0x16, 2, 2);
    driver.common(DESCRIPTORS, 4, 0x10_0000);
    driver.common(ENABLE, 2, 1);
    assertEquals(0, driver.common(SIZE, 2));
    assertEquals(0, driver.common(DESCRIPTORS, 4));
    assertEquals(0, driver.common(ENABLE, 2));
    assertEquals(List.of(), bench.events);
  }

  @Test
  void aQueueThatTheDriverLeftAloneIsNotServed() {
    driver.negotiate(VERSION_1);
    driver.addStatus(DRIVER_OK);
    driver.ring(0);
    driver.ring(1);
    bench.bus.settle();
    assertEquals(List.of(), bench.device.takeSeen());
    assertEquals(List.of(), bench.events);
  }

  @Test
  void whatTheHostChangesIsANewGeneration() {
    long before = driver.common(0x15, 1);
    bench.function.change(() -> {});
    assertEquals((before + 1) % 256, driver.common(0x15, 1));
    assertFalse(bench.bus.isPinHigh(), "2.1.2: nobody is notified before the driver is ready");
  }

  private void assertMistakeThenWorks(String words) {
    assertEquals(NEEDS_RESET, driver.status() & NEEDS_RESET);
    DeviceEvent.GuestMistake event = (DeviceEvent.GuestMistake) bench.events.getFirst();
    assertTrue(event.sentence().contains(words), event::sentence);
    assertEquals(1, bench.events.size());
    driver.reset();
    QueueDriver queue = bench.start(0).getFirst();
    queue.post(Buffer.read(FlatMemory.HIGH_BASE, 4));
    bench.bus.settle();
    assertEquals(1, queue.collect().size());
  }
}

package org.ballastvm.virtio.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.EchoDevice;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.RecordingBus.Message;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How the device reaches its driver: by the pin with the interrupt status, or by messages (PCI 3.0, 6.8.2). */
class InterruptTest {
  private static final long ADDRESS = 0xfee0_1000L;
  private static final Message CONFIG = new Message(ADDRESS, 0);
  private static final Message QUEUE_0 = new Message(ADDRESS, 1);
  private static final Message QUEUE_1 = new Message(ADDRESS, 2);
  private static final int COMMAND = 0x04;
  private static final int MEMORY_AND_MASTER = 6;
  private static final int STATUS = 0x06;
  private static final int PIN_OFF = 0x400;
  private static final int HAS_INTERRUPT = 8;

  private final Bench<EchoDevice> bench = new Bench<>((memory, events) -> new EchoDevice());
  private final PciDriver driver = bench.driver;
  private List<QueueDriver> queues;

  @BeforeEach
  void startTheDriver() { queues = bench.start(0); }

  private void use(int queue) {
    queues.get(queue).post(Buffer.read(8 << 20, 4));
    bench.bus.settle();
    queues.get(queue).collect();
  }

  @Test
  void thePinIsHighUntilTheStatusIsRead() {
    use(0);
    assertTrue(bench.bus.isPinHigh());
    use(1);
    assertEquals(HAS_INTERRUPT, bench.function.configRead(STATUS, 2) & HAS_INTERRUPT);
    assertEquals(HAS_INTERRUPT, bench.function.configRead(STATUS, 1) & HAS_INTERRUPT);
    assertEquals(HAS_INTERRUPT << 16, bench.function.configRead(COMMAND, 4) & HAS_INTERRUPT << 16);
    assertEquals(1, driver.interruptStatus());
    assertFalse(bench.bus.isPinHigh());
    assertEquals(0, bench.function.configRead(STATUS, 2) & HAS_INTERRUPT);
    assertEquals(0, driver.interruptStatus());
  }

  @Test
  void theStatusShowsBothCauses() {
    use(0);
    bench.function.change(() -> {});
    assertEquals(3, driver.interruptStatus());
  }

  @Test
  void aPinThatIsSwitchedOffIsLowAndComesBack() {
    bench.function.configWrite(COMMAND, 2, MEMORY_AND_MASTER | PIN_OFF);
    use(0);
    assertFalse(bench.bus.isPinHigh());
    assertEquals(HAS_INTERRUPT, bench.function.configRead(STATUS, 2) & HAS_INTERRUPT);
    bench.function.configWrite(COMMAND, 2, MEMORY_AND_MASTER);
    assertTrue(bench.bus.isPinHigh());
    bench.function.configWrite(COMMAND, 2, MEMORY_AND_MASTER | PIN_OFF);
    assertFalse(bench.bus.isPinHigh());
  }

  @Test
  void aResetLowersThePin() {
    use(0);
    driver.reset();
    assertFalse(bench.bus.isPinHigh());
    assertEquals(0, driver.interruptStatus());
  }

  @Test
  void eachQueueAndTheConfigurationHaveTheMessageTheyWereGiven() {
    driver.enableMessages(ADDRESS);
    use(0);
    use(1);
    bench.function.change(() -> {});
    assertEquals(List.of(QUEUE_0, QUEUE_1, CONFIG), bench.bus.takeMessages());
    assertFalse(bench.bus.isPinHigh());
    assertEquals(0, bench.function.configRead(STATUS, 2) & HAS_INTERRUPT);
    assertEquals(2, driver.interruptStatus(), "4.1.4.5.1: the configuration's bit is set with messages too");
  }

  @Test
  void queuesMayShareAVectorAsLinuxDoesWhenItHasTwo() {
    driver.enableMessages(ADDRESS);
    driver.common(0x16, 2, 0);
    driver.common(0x1a, 2, 2);
    use(0);
    use(1);
    assertEquals(List.of(QUEUE_1, QUEUE_1), bench.bus.takeMessages());
  }

  @Test
  void noVectorIsNoMessage() {
    driver.enableMessages(ADDRESS);
    driver.common(0x16, 2, 0);
    driver.common(0x1a, 2, PciDriver.NO_VECTOR);
    driver.common(0x10, 2, PciDriver.NO_VECTOR);
    use(0);
    bench.function.change(() -> {});
    assertEquals(List.of(), bench.bus.takeMessages());
    assertEquals(0, driver.pendingVectors());
  }

  @Test
  void aVectorThatDoesNotExistIsRefused() {
    driver.common(0x16, 2, 0);
    driver.common(0x1a, 2, 3);
    assertEquals(PciDriver.NO_VECTOR, driver.common(0x1a, 2));
    driver.common(0x10, 2, 0x7fff);
    assertEquals(PciDriver.NO_VECTOR, driver.common(0x10, 2));
    driver.common(0x10, 2, 2);
    assertEquals(2, driver.common(0x10, 2));
  }

  @Test
  void aMaskedVectorIsPendingAndIsSentOnceWhenItOpens() {
    driver.enableMessages(ADDRESS);
    driver.maskVector(1, true);
    use(0);
    use(0);
    use(1);
    assertEquals(List.of(QUEUE_1), bench.bus.takeMessages());
    assertEquals(0b010, driver.pendingVectors());
    driver.maskVector(1, false);
    assertEquals(List.of(QUEUE_0), bench.bus.takeMessages());
    assertEquals(0, driver.pendingVectors());
  }

  @Test
  void aMaskedFunctionHoldsAllVectorsBack() {
    driver.enableMessages(ADDRESS);
    driver.maskFunction(true);
    use(0);
    bench.function.change(() -> {});
    assertEquals(List.of(), bench.bus.takeMessages());
    assertEquals(0b011, driver.pendingVectors());
    driver.maskFunction(false);
    assertEquals(List.of(CONFIG, QUEUE_0), bench.bus.takeMessages());
  }

  @Test
  void aPendingVectorGoesWhereItsEntryPointsWhenItOpens() {
    driver.enableMessages(ADDRESS);
    driver.maskVector(1, true);
    use(0);
    entry(1, 0, 4, 0xfee0_2000L);
    entry(1, 8, 4, 0x77);
    driver.maskVector(1, false);
    assertEquals(List.of(new Message(0xfee0_2000L, 0x77)), bench.bus.takeMessages());
  }

  @Test
  void entriesAreWrittenByWordsOfFourOrEight() {
    entry(2, 0, 8, 0x1_fee0_3000L);
    entry(2, 8, 8, 0x42);
    assertEquals(0x1_fee0_3000L, readEntry(2, 0, 8));
    assertEquals(0x42, readEntry(2, 8, 4));
    entry(2, 8, 1, 0xff);
    entry(2, 9, 4, 0xff);
    assertEquals(0x42, readEntry(2, 8, 8));
    driver.maskFunction(false);
    use(1);
    assertEquals(List.of(new Message(0x1_fee0_3000L, 0x42)), bench.bus.takeMessages());
  }

  @Test
  void aPendingBitCannotBeWritten() {
    driver.enableMessages(ADDRESS);
    bench.bus.write(bench.bus.bars().get(1) + 0x800, 8, -1);
    assertEquals(0, driver.pendingVectors());
  }

  @Test
  void withMessagesSwitchedOffThePinIsBack() {
    driver.enableMessages(ADDRESS);
    bench.function.configWrite(driver.msixCapability() + 2, 2, 0);
    use(0);
    assertTrue(bench.bus.isPinHigh());
    assertEquals(List.of(), bench.bus.takeMessages());
  }

  @Test
  void theTableHasAsManyVectorsAsItSaysAndTheyStartMasked() {
    assertEquals(2, bench.function.configRead(driver.msixCapability() + 2, 2) & 0x7ff);
    for (int vector = 0; vector < 3; vector++) {
      assertEquals(1, readEntry(vector, 12, 4));
    }
    assertEquals(0, readEntry(3, 12, 4));
  }

  private void entry(int vector, int field, int width, long value) {
    bench.bus.write(bench.bus.bars().get(1) + 16L * vector + field, width, value);
  }

  private long readEntry(int vector, int field, int width) {
    return bench.bus.read(bench.bus.bars().get(1) + 16L * vector + field, width);
  }
}

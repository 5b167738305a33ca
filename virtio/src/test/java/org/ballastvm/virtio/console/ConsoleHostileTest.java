package org.ballastvm.virtio.console;

import static org.ballastvm.virtio.driver.ConsoleDriver.CONTROL_RECEIVE;
import static org.ballastvm.virtio.driver.ConsoleDriver.CONTROL_TRANSMIT;
import static org.ballastvm.virtio.driver.ConsoleDriver.DEVICE_ADD;
import static org.ballastvm.virtio.driver.ConsoleDriver.DEVICE_READY;
import static org.ballastvm.virtio.driver.ConsoleDriver.PORT_NAME;
import static org.ballastvm.virtio.driver.ConsoleDriver.PORT_OPEN;
import static org.ballastvm.virtio.driver.ConsoleDriver.PORT_READY;
import static org.ballastvm.virtio.driver.ConsoleDriver.port;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.driver.ConsoleDriver;
import org.ballastvm.virtio.driver.ConsoleDriver.Host;
import org.ballastvm.virtio.driver.ConsoleDriver.Message;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a driver says or offers, the ports of others go on, and one that breaks the queue's rules waits for a reset. */
class ConsoleHostileTest {
  private static final long BUFFER = 14L << 20;

  private final Host host = new Host();
  private final ConsolePort console = port(0, true, "", host);
  private final ConsolePort channel = port(2, false, "channel", host);
  private final ConsoleDriver driver = new ConsoleDriver(4);

  @BeforeEach
  void start() {
    driver.bench.device.add(console);
    driver.bench.device.add(channel);
    driver.bench.device.setHostOpen(channel, true);
    driver.start(16).setUp();
    driver.bench.events.clear();
  }

  @ParameterizedTest
  @CsvSource({"1, 3, 1, port 1 is ready", "3, 6, 1, port 3 is open", "3, 6, 0, port 3 is closed",
      "4, 3, 1, port 4 is ready", "4, 6, 1, port 4 is open", "31, 6, 1, port 31", "65536, 6, 1, port 65536",
      "-1, 6, 1, port 4294967295", "-2147483648, 3, 1, port 2147483648", "2, 3, 0, could not set port 2 up",
      "0, 1, 1, event 1 for port 0", "2, 2, 1, event 2 for port 2", "2, 4, 1, event 4", "0, 5, 1, event 5",
      "2, 7, 1, event 7", "0, 8, 1, event 8", "0, 65535, 1, event 65535"})
  void aLieIsToldOfAndChangesNothing(int port, int event, int value, String told) {
    ConsoleDevice.State before = driver.bench.device.state();
    driver.say(port, event, value);
    DeviceEvent.GuestMistake mistake = assertInstanceOf(DeviceEvent.GuestMistake.class, driver.bench.events.getFirst());
    assertTrue(mistake.sentence().contains(told) && !mistake.needsReset(), mistake::sentence);
    assertEquals(before, driver.bench.device.state());
    assertEquals(List.of(), driver.hear());
    driver.send(2, "hello", 5);
    assertEquals("hello", host.takeSent());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 7})
  void aMessageThatIsCutShortStopsTheDevice(int length) {
    driver.sayRaw(Buffer.read(BUFFER, length));
    assertStopped("a control message of " + length + " bytes");
  }

  @Test
  void aMessageToWriteStopsTheDevice() {
    driver.sayRaw(Buffer.read(BUFFER, 8), Buffer.write(BUFFER + 8, 8));
    assertStopped("8 to write");
  }

  @Test
  void aMessageMayBeInPiecesAndHaveMoreBehindIt() {
    driver.bench.memory.putLong(BUFFER, 2L | (long) PORT_OPEN << 32 | 1L << 48);
    driver.sayRaw(Buffer.read(BUFFER, 1), Buffer.read(BUFFER + 1, 4), Buffer.read(BUFFER + 5, 3),
        Buffer.read(BUFFER + 8, 4000));
    assertTrue(channel.isGuestOpen());
    assertEquals(List.of(), driver.bench.events);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7})
  void aBufferTooSmallForAMessageStopsTheDevice(int queue) {
    int used = driver.queue(CONTROL_RECEIVE).collect().size();
    driver.bench.driver.reset();
    driver.start(0);
    driver.queue(CONTROL_RECEIVE).post(Buffer.write(BUFFER, 7));
    driver.say(0, DEVICE_READY, 1);
    assertStopped("7 to write, for a message of 8 bytes");
    assertEquals(0, used);
  }

  @Test
  void aBufferToReadForAMessageStopsTheDevice() {
    driver.bench.driver.reset();
    driver.start(0);
    driver.queue(CONTROL_RECEIVE).post(Buffer.read(BUFFER, 64), Buffer.write(BUFFER + 64, 64));
    driver.say(0, DEVICE_READY, 1);
    assertStopped("64 bytes to read");
  }

  @ParameterizedTest
  @CsvSource({"0", "2"})
  void aBufferToReadForInputStopsTheDevice(int port) {
    driver.say(port, PORT_OPEN, 1);
    driver.queue(ConsoleDriver.receiveQueue(port)).post(Buffer.read(BUFFER, 4), Buffer.write(BUFFER + 4, 4));
    driver.type(port == 0 ? console : channel, "x");
    assertStopped("4 bytes to read; all must be to write");
    assertEquals(0, driver.bench.memory.getLong(BUFFER));
  }

  @ParameterizedTest
  @CsvSource({"0", "2", "3"})
  void aBufferToWriteAmongOutputStopsTheDevice(int port) {
    driver.queue(ConsoleDriver.receiveQueue(port) + 1).post(Buffer.read(BUFFER, 4), Buffer.write(BUFFER + 4, 4));
    driver.bench.bus.settle();
    assertStopped("4 bytes to write; all must be to read");
    assertEquals("", host.takeSent());
  }

  private void assertStopped(String told) {
    assertNotEquals(0, driver.bench.driver.status() & PciDriver.NEEDS_RESET);
    DeviceEvent.GuestMistake mistake = assertInstanceOf(DeviceEvent.GuestMistake.class, driver.bench.events.getFirst());
    assertTrue(mistake.sentence().contains(told) && mistake.needsReset(), mistake::sentence);
    driver.bench.device.resize(console, 80, 25); // Whatever the host does meanwhile, the rings are left alone.
    driver.bench.device.setHostOpen(channel, false);
    driver.type(console, "typed");
    driver.bench.driver.reset();
    driver.bench.device.setHostOpen(channel, true);
    assertTrue(driver.start(8).setUp().contains(new Message(2, PORT_NAME, 1, "channel")));
    driver.send(2, "again", 5);
    assertEquals("again", host.takeSent());
  }

  @Test
  void aGuestThatOpensForEverMakesNothingGrow() {
    driver.say(2, PORT_OPEN, 1);
    ConsoleDevice.State before = driver.bench.device.state();
    for (int i = 0; i < 10_000; i++) {
      driver.say(2, PORT_OPEN, 0);
      driver.say(2, PORT_OPEN, 1);
    }
    assertEquals(before, driver.bench.device.state());
    assertEquals(List.of(), driver.hear());
    assertEquals(List.of(), driver.bench.events);
  }

  @Test
  void aGuestThatIsReadyForEverIsToldOnceForEachBuffer() {
    driver.bench.driver.reset();
    driver.start(4);
    driver.say(0, DEVICE_READY, 1);
    for (int i = 0; i < 10_000; i++) {
      driver.say(2, PORT_READY, 1);
      driver.say(0, DEVICE_READY, 1);
    }
    assertEquals(4, driver.queue(CONTROL_RECEIVE).collect().size());
    driver.postMessageBuffers(16);
    assertEquals(List.of(new Message(2, PORT_NAME, 1, "channel"), Message.of(2, PORT_OPEN)), driver.hear());
  }

  @Test
  void aGuestThatLiesForEverIsToldOfAtGrowingIntervals() {
    for (int i = 0; i < 1000; i++) {
      driver.say(77, PORT_OPEN, 1);
    }
    assertEquals(10, driver.bench.events.size());
  }

  @Test
  void hugeBuffersLeaveTurnsToOthers() {
    Buffer[] buffers = new Buffer[32];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = Buffer.read(0, 32 << 20);
    }
    Host counting = new Host();
    counting.room = 0;
    ConsolePort wide = port(3, false, "wide", counting);
    driver.bench.device.add(wide);
    driver.bench.device.setHostOpen(wide, true);
    driver.queue(ConsoleDriver.receiveQueue(3) + 1).post(buffers);
    driver.bench.bus.settle();
    counting.room = Integer.MAX_VALUE - 1;
    driver.bench.device.serveOutput(wide);
    int first = counting.sent.size();
    assertTrue(first > 0 && first <= 4096 * (16 << 10), first + " bytes in a turn");
    assertTrue(driver.bench.bus.turn(), "it goes on by itself");
    assertTrue(counting.sent.size() > first);
  }

  @Test
  void aChainThatChangesWhileItIsHeldIsItsSendersLoss() {
    host.room = 3;
    driver.queue(7).post(Buffer.read(BUFFER, 8));
    driver.bench.bus.settle();
    assertEquals(3, host.takeSent().length());
    driver.queue(7).descriptor(0, BUFFER, 2, 0, 0);
    host.room = 100;
    driver.bench.device.serveOutput(channel);
    assertEquals("", host.takeSent());
    assertEquals(1, driver.queue(7).collect().size());
    driver.send(2, "next", 4);
    assertEquals("next", host.takeSent());
  }

  @Test
  void queuesOfPortsThatThereAreNotAreServed() {
    assertEquals(1, driver.send(3, "to nobody", 9));
    driver.postInput(3, 64);
    assertEquals(List.of(), driver.takeInput(3));
    assertEquals(List.of(), driver.bench.events);
  }

  @Test
  void aDriverWithoutControlQueuesIsNotTalkedTo() {
    driver.bench.driver.reset();
    driver.startWith(0, 16);
    driver.say(0, DEVICE_READY, 1);
    driver.say(2, PORT_OPEN, 1);
    assertEquals(0, driver.queue(CONTROL_TRANSMIT).collect().size());
    assertEquals(List.of(), driver.hear());
    driver.bench.device.remove(channel);
    driver.bench.device.add(channel);
    assertEquals(List.of(), driver.hear());
    assertTrue(console.isGuestOpen());
  }

  @Test
  void aDeviceThatIsNotReadyIsAdmittedByANewDriver() {
    driver.say(0, DEVICE_READY, 0);
    assertEquals(1, driver.bench.events.size());
    driver.bench.device.remove(channel);
    assertEquals(List.of(), driver.hear());
    driver.say(0, DEVICE_READY, 1);
    assertEquals(List.of(Message.of(2, ConsoleDriver.DEVICE_REMOVE)), driver.hear());
    driver.bench.device.add(channel);
    assertEquals(List.of(Message.of(2, DEVICE_ADD)), driver.hear());
  }
}

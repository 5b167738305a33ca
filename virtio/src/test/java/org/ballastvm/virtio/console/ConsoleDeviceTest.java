package org.ballastvm.virtio.console;

import static org.ballastvm.virtio.driver.ConsoleDriver.CONSOLE_PORT;
import static org.ballastvm.virtio.driver.ConsoleDriver.DEVICE_ADD;
import static org.ballastvm.virtio.driver.ConsoleDriver.DEVICE_REMOVE;
import static org.ballastvm.virtio.driver.ConsoleDriver.MULTIPORT;
import static org.ballastvm.virtio.driver.ConsoleDriver.PORT_NAME;
import static org.ballastvm.virtio.driver.ConsoleDriver.PORT_OPEN;
import static org.ballastvm.virtio.driver.ConsoleDriver.PORT_READY;
import static org.ballastvm.virtio.driver.ConsoleDriver.RESIZE;
import static org.ballastvm.virtio.driver.ConsoleDriver.port;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.virtio.driver.ConsoleDriver;
import org.ballastvm.virtio.driver.ConsoleDriver.Host;
import org.ballastvm.virtio.driver.ConsoleDriver.Message;
import org.junit.jupiter.api.Test;

/** A driver as Linux's, and a host that reads and types. */
class ConsoleDeviceTest {
  private static final String LONG = "0123456789abcdef".repeat(1000);

  private final Host host = new Host();
  private final Host agentHost = new Host();
  private final ConsolePort console = port(0, true, "", host);
  private final ConsolePort agent = port(1, false, "org.qemu.guest_agent.0", agentHost);
  private final ConsoleDriver driver = new ConsoleDriver(4);

  private void started() {
    driver.bench.device.add(console);
    driver.bench.device.add(agent);
    driver.start(8).setUp();
    driver.say(0, PORT_OPEN, 1);
    driver.say(1, PORT_OPEN, 1);
    driver.bench.device.setHostOpen(agent, true);
    driver.hear();
  }

  @Test
  void portsAreAnnouncedWithAllThatIsKnownOfThem() {
    driver.bench.device.add(console);
    driver.bench.device.add(agent);
    driver.bench.device.resize(console, 132, 43);
    driver.bench.device.setHostOpen(agent, true);
    assertEquals(List.of(Message.of(0, DEVICE_ADD), Message.of(1, DEVICE_ADD), Message.of(0, CONSOLE_PORT),
        Message.of(0, PORT_OPEN), new Message(0, RESIZE, 1, "\u0084\0+\0"),
        new Message(1, PORT_NAME, 1, "org.qemu.guest_agent.0"), Message.of(1, PORT_OPEN)), driver.start(8).setUp());
  }

  @Test
  void nothingIsSaidToADriverThatIsNotReady() {
    driver.bench.device.add(console);
    driver.start(8);
    assertEquals(List.of(), driver.hear());
  }

  @Test
  void whatTheGuestSendsComesInOrder() {
    started();
    assertEquals(1, driver.send(0, "hello, ", 3));
    assertEquals(1, driver.send(0, LONG, 700));
    assertEquals("hello, " + LONG, host.takeSent());
    assertEquals(1, driver.send(1, "{}", 2));
    assertEquals("{}", agentHost.takeSent());
  }

  @Test
  void whatTheHostTypesFillsTheGuestsBuffers() {
    started();
    driver.postInput(0, 4);
    assertEquals(6, driver.type(console, "abcdef"));
    assertEquals(List.of("abcd"), driver.takeInput(0));
    driver.postInput(0, 100);
    assertEquals(List.of("ef"), driver.takeInput(0));
    assertEquals(List.of(), driver.takeInput(1));
  }

  @Test
  void aHostThatDoesNotReadHoldsTheGuestsBuffersAndLosesNothing() {
    started();
    agentHost.room = 5000;
    assertEquals(0, driver.send(1, LONG, 16000));
    assertEquals(LONG.substring(0, 5000), agentHost.takeSent());
    assertEquals(0, driver.bench.bus.settle(), "nobody asks again and again");
    agentHost.room = 8000;
    driver.bench.device.serveOutput(agent);
    assertEquals(LONG.substring(5000, 13000), agentHost.takeSent());
    agentHost.room = 8000;
    driver.bench.device.serveOutput(agent);
    driver.bench.bus.settle();
    assertEquals(LONG.substring(13000), agentHost.takeSent());
    assertEquals(1, driver.queue(5).collect().size());
    assertEquals(1, driver.send(1, "more", 4));
    assertEquals("more", agentHost.takeSent());
  }

  @Test
  void aGuestThatDoesNotReadHoldsTheHostsInput() {
    started();
    int told = agentHost.roomForInput;
    assertEquals(4096, driver.type(agent, LONG));
    assertEquals(0, agent.inputRoom());
    assertEquals(0, driver.type(agent, "x"));
    driver.postInput(1, 1000);
    assertEquals(List.of(LONG.substring(0, 1000)), driver.takeInput(1));
    assertEquals(1000, agent.inputRoom());
    assertEquals(told + 1, agentHost.roomForInput);
    assertEquals(1000, driver.type(agent, LONG.substring(4096)));
    driver.postInput(1, 0x10000);
    assertEquals(List.of(LONG.substring(1000, 5096)), driver.takeInput(1));
  }

  @Test
  void aPortThatNobodyInTheGuestHasOpenTakesNoInput() {
    started();
    assertEquals(List.of(true), agentHost.opened);
    driver.say(1, PORT_OPEN, 0);
    assertEquals(List.of(true, false), agentHost.opened);
    assertEquals(0, agent.inputRoom());
    driver.say(1, PORT_OPEN, 1);
    assertEquals(4096, agent.inputRoom());
    assertTrue(agent.isGuestOpen());
  }

  @Test
  void whatIsSentToNobodyIsDropped() {
    started();
    driver.bench.device.setHostOpen(agent, false);
    assertEquals(List.of(new Message(1, PORT_OPEN, 0, "")), driver.hear());
    assertEquals(1, driver.send(1, "lost", 4));
    driver.bench.device.setHostOpen(agent, true);
    assertEquals(List.of(Message.of(1, PORT_OPEN)), driver.hear());
    assertEquals(1, driver.send(1, "found", 4));
    assertEquals("found", agentHost.takeSent());
  }

  @Test
  void whoLeavesWithoutReadingDoesNotHoldTheGuest() {
    started();
    agentHost.room = 0;
    assertEquals(0, driver.send(1, "held", 4));
    driver.bench.device.setHostOpen(agent, false);
    assertEquals(1, driver.queue(5).collect().size());
    assertEquals("", agentHost.takeSent());
  }

  @Test
  void aConsoleIsOpenOnTheHostForEver() {
    started();
    driver.bench.device.setHostOpen(console, false);
    assertEquals(List.of(), driver.hear());
    assertTrue(console.isHostOpen());
  }

  @Test
  void aPortThatGoesGivesItsBuffersBack() {
    started();
    agentHost.room = 0;
    assertEquals(0, driver.send(1, "held", 4));
    driver.bench.device.remove(agent);
    assertEquals(List.of(Message.of(1, DEVICE_REMOVE)), driver.hear());
    assertEquals(1, driver.queue(5).collect().size());
    driver.say(1, PORT_OPEN, 0); // Linux closes what it had open.
    assertEquals(1, driver.send(1, "late", 4));
    assertEquals("", agentHost.takeSent());
    assertEquals(List.of(), driver.bench.events.subList(1, driver.bench.events.size()));
  }

  @Test
  void aNumberCanBeUsedAgainAndTheDriverHearsBothInOrder() {
    started();
    driver.bench.device.remove(agent);
    driver.bench.device.add(port(1, false, "second", agentHost));
    driver.bench.device.add(port(3, false, "third", agentHost));
    assertEquals(List.of(Message.of(1, DEVICE_REMOVE), Message.of(1, DEVICE_ADD), Message.of(3, DEVICE_ADD)),
        driver.hear());
    driver.say(3, PORT_READY, 1);
    driver.say(1, PORT_READY, 1);
    assertEquals(List.of(new Message(3, PORT_NAME, 1, "third"), new Message(1, PORT_NAME, 1, "second")), driver.hear());
  }

  @Test
  void whatADriverHasNoBuffersForIsToldWhenItHasAndOnlyAsItIsThen() {
    driver.bench.device.add(console);
    driver.bench.device.add(agent);
    driver.start(2).setUp();
    driver.bench.device.setHostOpen(agent, true);
    driver.hear();
    for (int i = 0; i < 8; i++) {
      driver.bench.device.setHostOpen(agent, i % 2 != 0);
      driver.bench.device.resize(console, 80 + i, 25);
    }
    assertEquals(2, driver.queue(2).collect().size());
    driver.postMessageBuffers(8);
    assertEquals(List.of(new Message(0, RESIZE, 1, "W\0\31\0"), Message.of(1, PORT_OPEN)), driver.hear());
  }

  @Test
  void aPortThatCameAndWentBeforeItWasToldOfIsNotToldOf() {
    driver.bench.device.add(console);
    driver.start(0);
    driver.say(0, ConsoleDriver.DEVICE_READY, 1);
    driver.bench.device.add(agent);
    driver.bench.device.remove(agent);
    driver.postMessageBuffers(8);
    assertEquals(List.of(Message.of(0, DEVICE_ADD)), driver.hear());
  }

  @Test
  void theSizeOfTheFirstConsoleIsInItsRegistersToo() {
    started();
    int before = driver.bench.driver.interruptStatus();
    driver.bench.device.resize(console, 200, 50);
    assertEquals(2, driver.bench.driver.interruptStatus() & ~before);
    assertEquals(200 | 50 << 16 | 4L << 32, driver.bench.driver.device(0, 8));
    assertEquals(50, driver.bench.driver.device(2, 2));
    assertEquals(4, driver.bench.driver.device(4, 4));
  }

  @Test
  void aDriverThatKnowsOfOnePortHasTheFirst() {
    driver.bench.device.add(console);
    driver.startWith(0, 0);
    assertEquals(List.of(true), host.opened);
    driver.send(0, "hello", 5);
    driver.postInput(0, 8);
    driver.type(console, "back");
    assertEquals("hello", host.takeSent());
    assertEquals(List.of("back"), driver.takeInput(0));
    driver.bench.driver.reset();
    assertEquals(List.of(true, false), host.opened);
  }

  @Test
  void aDeviceOfOnePortHasNoOtherQueues() {
    ConsoleDriver single = new ConsoleDriver(1);
    single.bench.device.add(console);
    assertEquals(0, single.bench.driver.offered() & MULTIPORT);
    single.startWith(0, 0);
    single.send(0, "hello", 5);
    assertEquals("hello", host.takeSent());
    single.bench.device.resize(console, 80, 24);
    assertEquals(80, single.bench.driver.device(0, 2));
    single.bench.device.remove(console);
    assertEquals(1, single.send(0, "dropped", 7));
  }

  @Test
  void aGuestWithoutADriverCanWriteInAnEmergency() {
    driver.bench.device.add(agent);
    driver.bench.device.add(console);
    for (char c : "panic".toCharArray()) {
      driver.bench.driver.device(8, 4, c);
    }
    assertEquals(5, host.outputWaits);
    driver.bench.device.serveOutput(console);
    assertEquals("panic", host.takeSent());
    assertEquals("", agentHost.takeSent());
    for (int i = 0; i < 10_000; i++) {
      driver.bench.driver.device(8, 1, 'x');
    }
    driver.bench.device.serveOutput(console);
    assertEquals(ConsolePort.EMERGENCY_BYTES, host.takeSent().length());
  }

  @Test
  void aResetForgetsTheGuestAndTheNextOneIsToldAll() {
    started();
    driver.type(console, "typed for the first");
    driver.bench.driver.reset();
    assertEquals(List.of(true, false), host.opened);
    assertFalse(agent.isGuestOpen());
    List<Message> heard = driver.start(8).setUp();
    assertTrue(heard.contains(new Message(1, PORT_NAME, 1, "org.qemu.guest_agent.0"))
        && heard.contains(Message.of(1, PORT_OPEN)), heard::toString);
    driver.say(0, PORT_OPEN, 1);
    driver.postInput(0, 64);
    assertEquals(List.of(), driver.takeInput(0));
  }

  @Test
  void aDeviceOfManyPortsHasFewDoorbells() {
    ConsoleDriver many = new ConsoleDriver(31);
    Host last = new Host();
    many.bench.device.add(port(30, false, "last", last));
    assertEquals(5, many.bench.function.doorbells().size());
    many.start(8).setUp();
    many.bench.device.setHostOpen(many.bench.device.port(30).orElseThrow(), true);
    many.say(30, PORT_OPEN, 1);
    assertEquals(1, many.send(30, "hello", 5));
    assertEquals("hello", last.takeSent());
  }
}

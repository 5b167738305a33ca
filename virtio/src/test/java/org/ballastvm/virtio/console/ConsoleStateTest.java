package org.ballastvm.virtio.console;

import static org.ballastvm.virtio.driver.ConsoleDriver.PORT_OPEN;
import static org.ballastvm.virtio.driver.ConsoleDriver.port;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.ballastvm.state.SameFields;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.ConsoleDriver;
import org.ballastvm.virtio.driver.ConsoleDriver.Host;
import org.ballastvm.virtio.driver.ConsoleDriver.Message;
import org.junit.jupiter.api.Test;

/** A console device's state goes to another, with what was on its way through its ports. */
class ConsoleStateTest {
  /** What is no state: scratch, and what is made of it. */
  private static final Set<String> NO_STATE = Set.of("Turn.*", "DescriptorChain.*", "EventLimiter.*",
      "Transmitter.piece", "ByteRing.bytes", "ByteRing.start", "MsixTable.routed", "MsixTable.host",
      "PciFunction.host");

  private final Host host = new Host();
  private final Host otherHost = new Host();
  private final ConsolePort channel = port(1, false, "channel", host);
  private final ConsolePort otherChannel = port(1, false, "channel", otherHost);
  private final ConsoleDriver driver = new ConsoleDriver(2);

  private void use() {
    ConsolePort console = port(0, true, "", host);
    driver.bench.device.add(console);
    driver.bench.device.add(channel);
    driver.bench.device.setHostOpen(channel, true);
    driver.bench.device.resize(console, 80, 25);
    driver.start(8).setUp();
    driver.say(1, PORT_OPEN, 1);
    host.room = 4;
    driver.send(1, "half of it", 10);
    driver.type(channel, "typed");
    driver.bench.driver.device(8, 4, 'E');
  }

  private Bench<ConsoleDevice> move() { return driver.bench.movedTo((memory, events) -> new ConsoleDevice(2, events)); }

  /** The ports come first, as the transport restores the device when it is made. */
  private Bench<ConsoleDevice> moveWithPorts() {
    ConsolePort console = port(0, true, "", otherHost);
    console.resize(80, 25);
    otherChannel.setHostOpen(true);
    Bench<ConsoleDevice> second = move();
    second.device.add(console);
    second.device.add(otherChannel);
    second.function.restore(driver.bench.function.state());
    return second;
  }

  @Test
  void theStateCoversEveryField() {
    use();
    Bench<ConsoleDevice> second = moveWithPorts();
    assertEquals(driver.bench.function.state(), second.function.state());
    assertEquals(Set.of(), SameFields.differences(driver.bench.function, second.function, NO_STATE));
  }

  @Test
  void whatWasOnItsWayArrives() {
    use();
    otherHost.room = 0;
    ConsoleDriver moved = driver.movedTo(moveWithPorts());
    moved.bench.bus.settle();
    assertEquals(List.of(true), otherHost.opened);
    moved.postInput(1, 64);
    assertEquals(List.of("typed"), moved.takeInput(1));
    otherHost.room = 100;
    moved.bench.device.serveOutput(otherChannel);
    moved.bench.bus.settle();
    assertEquals("half", host.takeSent());
    assertEquals(" of it", otherHost.takeSent());
    moved.bench.device.serveOutput(moved.bench.device.port(0).orElseThrow());
    assertEquals("E", otherHost.takeSent());
  }

  @Test
  void aHostThatHasNobodyThereSaysSo() {
    use();
    ConsoleDriver moved = driver.movedTo(moveWithPorts());
    moved.bench.device.setHostOpen(otherChannel, false);
    moved.bench.bus.settle();
    assertEquals(List.of(new Message(1, PORT_OPEN, 0, "")), moved.hear());
  }

  @Test
  void aResetOfTheMachineIsPowerOnButForWhatTheGuestDidSend() {
    use();
    driver.bench.function.reset();
    ConsoleDevice.State state = driver.bench.device.state();
    assertEquals(List.of(PortView.POWER_ON, PortView.POWER_ON), state.views());
    assertEquals(List.of((byte) 'E'), state.ports().getFirst().orElseThrow().emergency());
    assertEquals(ConsolePort.POWER_ON, state.ports().get(1).orElseThrow());
  }
}

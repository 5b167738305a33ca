package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.ballastvm.vmm.chardev.CharFrontend;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.chardev.MuxChardev;
import org.ballastvm.vmm.config.MonitorPrompt;
import org.ballastvm.vmm.control.QueryVersion;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.ballastvm.vmm.state.Version;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A monitor at the end of a line. */
@Tag("kvm")
class HumanMonitorTest {
  private static final String BANNER = "Ballast " + Version.TEXT + " monitor - type 'help' for more information";

  private final Machine vm = TestMachine.idle();
  private final Wire wire = new Wire();

  /** A chardev whose far end is this test. */
  private static final class Wire implements Chardev {
    final Screen screen = new Screen();
    int room = 1 << 20;
    int timesAskedForMore;
    CharFrontend frontend;

    @Override
    public void connect(CharFrontend to) { frontend = to; }

    @Override
    public int sendRoom() { return room; }

    @Override
    public void send(byte[] bytes, int offset, int count) {
      screen.show(java.util.Arrays.copyOfRange(bytes, offset, offset + count));
    }

    @Override
    public void receiveMore() { timesAskedForMore++; }

    @Override
    public String describe() { return "wire"; }

    @Override
    public void close() {
      // Nothing is open.
    }

    void type(String keys) {
      byte[] bytes = keys.getBytes(StandardCharsets.UTF_8);
      frontend.receive(bytes, 0, bytes.length);
    }
  }

  @AfterEach
  void endMachine() { vm.close(); }

  @Test
  void aClientIsGreetedAskedAndAnswered() {
    wire.connect(new HumanMonitor(vm, wire, MonitorPrompt.BALLAST));
    wire.frontend.opened();
    assertEquals(List.of(BANNER, "(ballast)"), wire.screen.rows());
    wire.type("info status\nnothing\n");
    assertEquals(List.of(BANNER, "(ballast) info status", "VM status: paused (prelaunch)", "(ballast) nothing",
        "unknown command: 'nothing'", "(ballast)"), wire.screen.rows());
  }

  @Test
  void aClientMadeForQemuFindsItsPrompt() {
    wire.connect(new HumanMonitor(vm, wire, MonitorPrompt.QEMU));
    wire.frontend.opened();
    String version = QueryVersion.VERSION.qemu().toString().replaceAll("[^0-9]+", " ").strip().replace(' ', '.');
    assertEquals(List.of("QEMU " + version + " monitor - type 'help' for more information", "(qemu)"),
        wire.screen.rows());
  }

  @Test
  void theLastThingOfAllIsNoPrompt() {
    wire.connect(new HumanMonitor(vm, wire, MonitorPrompt.BALLAST));
    wire.frontend.opened();
    wire.type("quit\n");
    assertTrue(vm.end().isDone());
    assertEquals(List.of(BANNER, "(ballast) quit", ""), wire.screen.rows());
  }

  @Test
  void aClientThatVanishesWithinALineLeavesNothingToTheNext() {
    wire.connect(new HumanMonitor(vm, wire, MonitorPrompt.BALLAST));
    wire.frontend.opened();
    wire.type("qui");
    wire.frontend.closed();
    wire.frontend.opened();
    wire.type("t\n");
    assertFalse(vm.end().isDone());
    assertTrue(wire.screen.rows().contains("unknown command: 't'"));
  }

  @Test
  void whoDoesNotReadIsNotListenedTo() {
    HumanMonitor monitor = new HumanMonitor(vm, wire, MonitorPrompt.BALLAST);
    wire.connect(monitor);
    assertTrue(monitor.room() > 0);
    wire.room = 1000;
    assertEquals(0, monitor.room());
    wire.room = 1 << 20;
    monitor.drained();
    assertEquals(1, wire.timesAskedForMore);
    assertTrue(monitor.room() > 0);
  }

  @Test
  void behindTheConsoleItGreetsOnceAndThenShowsItsLineAgain() {
    MuxChardev mux = new MuxChardev(wire, vm::close);
    mux.connect(new HumanMonitor(vm, mux, MonitorPrompt.BALLAST)); // stands for the console here
    mux.connect(new HumanMonitor(vm, mux, MonitorPrompt.BALLAST));
    wire.frontend.opened();
    wire.type("\1c");
    assertEquals(List.of(BANNER, "(ballast)", BANNER, "(ballast)"), wire.screen.rows());
    wire.type("info st");
    wire.type("\1c\1c");
    assertEquals("(ballast) info st|", wire.screen.row());
    wire.type("atus\n");
    assertTrue(wire.screen.rows().contains("VM status: paused (prelaunch)"));
  }
}

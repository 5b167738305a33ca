package org.ballastvm.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.ballastvm.virtio.driver.RecordingBus;
import org.ballastvm.virtio.driver.RecordingBus.Message;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A function that is no virtio device has message-signalled interrupts for one line of its own. PCI 3.0, 6.8.2. */
class PlainFunctionTest {
  private static final long REGISTERS = 0xc000_0000L;
  private static final long TABLE = 0xc000_1000L;
  private static final long PENDING = TABLE + 0x800;
  private static final int CONTROL_ENABLE = 0x8000;
  private static final int CONTROL_MASK = 0x4000;
  private static final int MEMORY_AND_MASTER = 6;
  private static final int MEMORY = 2;
  private static final Message FIRST = new Message(0xfee0_1000L, 70);
  private static final Message SECOND = new Message(0xfee0_1000L, 71);

  private final Pulse function = new Pulse();
  private final RecordingBus bus = new RecordingBus(function);
  private int control;

  /** A function that sends the message whose number the guest writes. */
  private static final class Pulse extends PciFunction {
    private static final int REGISTERS_BAR = 0;
    private static final int MESSAGES_BAR = 2;

    Pulse() {
      super(new PciIdentity(0x1b36, 1, 0, 0xff0000, 0x1af4, 0x1100));
      declareBar(REGISTERS_BAR, 16);
      declareMessages(2, MESSAGES_BAR);
    }

    @Override
    protected void writeRegister(int bar, long offset, int width, long value) { sendMessage((int) value); }
  }

  @BeforeEach
  void aDriverFindsIt() {
    control = function.configRead(0x34, 1) + 2;
    assertEquals(0x11, function.configRead(control - 2, 1));
    assertEquals(1, function.configRead(control, 2), "the table's size less one");
    int table = function.configRead(control + 2, 4);
    assertEquals(Pulse.MESSAGES_BAR, table);
    assertEquals(0x800 | Pulse.MESSAGES_BAR, function.configRead(control + 6, 4));
    function.configWrite(0x10, 4, (int) REGISTERS);
    function.configWrite(0x10 + 4 * table, 4, (int) TABLE);
    function.configWrite(0x04, 2, MEMORY_AND_MASTER);
    for (int vector = 0; vector < 2; vector++) {
      bus.write(TABLE + 16L * vector, 8, FIRST.address());
      bus.write(TABLE + 16L * vector + 8, 4, FIRST.data() + vector);
      mask(vector, false);
    }
    function.configWrite(control, 2, CONTROL_ENABLE);
  }

  private void mask(int vector, boolean masked) { bus.write(TABLE + 16L * vector + 12, 4, masked ? 1 : 0); }

  private void pulse(int vector) { bus.write(REGISTERS, 4, vector); }

  @Test
  void itsMessagesGoWhereTheGuestSays() {
    pulse(1);
    pulse(0);
    assertEquals(List.of(SECOND, FIRST), bus.takeMessages());
    assertEquals(2, function.vectorCount());
    pulse(2);
    pulse(-1);
    assertEquals(List.of(), bus.takeMessages(), "it has no such vectors");
  }

  @Test
  void aMaskedOneIsPendingAndIsSentOnceWhenItOpens() {
    mask(1, true);
    pulse(1);
    pulse(1);
    pulse(0);
    assertEquals(List.of(FIRST), bus.takeMessages());
    assertEquals(0b10, bus.read(PENDING, 8));
    bus.write(PENDING, 8, -1);
    assertEquals(0b10, bus.read(PENDING, 8), "the guest cannot write it");
    mask(1, false);
    assertEquals(List.of(SECOND), bus.takeMessages());
    assertEquals(0, bus.read(PENDING, 8));
  }

  @Test
  void allArePendingWhileTheFunctionIsMaskedOrMayNotReachMemory() {
    function.configWrite(control, 2, CONTROL_ENABLE | CONTROL_MASK);
    pulse(0);
    assertEquals(0b01, bus.read(PENDING, 4));
    function.configWrite(0x04, 2, MEMORY);
    function.configWrite(control, 2, CONTROL_ENABLE);
    pulse(1);
    assertEquals(List.of(), bus.takeMessages());
    assertEquals(0b11, bus.read(PENDING, 1));
    function.configWrite(0x04, 2, MEMORY_AND_MASTER);
    assertEquals(List.of(FIRST, SECOND), bus.takeMessages());
  }

  @Test
  void aResetForgetsTheTableAndSwitchesMessagesOff() {
    mask(0, true);
    pulse(0);
    function.reset();
    assertEquals(1, function.configRead(control, 2));
    function.configWrite(0x04, 2, MEMORY_AND_MASTER);
    assertEquals(0, bus.read(PENDING, 8));
    assertEquals(0, bus.read(TABLE, 8));
    assertEquals(1, bus.read(TABLE + 12, 4), "masked, as after power-on");
    function.configWrite(control, 2, CONTROL_ENABLE);
    assertEquals(List.of(), bus.takeMessages());
  }

  @Test
  void offTheBusItReachesNobody() {
    function.detach();
    function.barWrite(Pulse.REGISTERS_BAR, 0, 4, 0);
    assertEquals(List.of(), bus.takeMessages());
  }

  @Test
  void aFunctionHasOneToSixtyFourOfThem() {
    PciConfigSpace config = new PciConfigSpace(new PciIdentity(0, 0, 0, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Msix(config, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Msix(config, 65, 0));
  }

  @Test
  void oneThatDeclaresNothingHasNeitherMessagesNorRegisters() {
    PciFunction bare = new PciFunction(new PciIdentity(0x1b36, 2, 0, 0xff0000, 0x1af4, 0x1100)) {
    };
    RecordingBus bareBus = new RecordingBus(bare);
    bare.sendMessage(0);
    assertEquals(0, bare.vectorCount());
    assertEquals(List.of(), bare.doorbells());
    assertEquals(0xffff, bare.barRead(0, 0, 2));
    assertEquals(List.of(), bareBus.takeMessages());
    assertThrows(IllegalStateException.class, () -> bare.doorbell(0));
  }
}

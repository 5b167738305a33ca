package org.ballastvm.vmm.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.ballastvm.state.SameFields;
import org.junit.jupiter.api.Test;

/** A serial port's state goes to another, with what is on its way through it. */
class SerialStateTest {
  /** Where in its ring something is does not matter; what there is, and where a BREAK is, the states compare. */
  private static final Set<String> NO_STATE = Set.of("SerialInput.fifo", "SerialInput.start", "SerialInput.breaks",
      "SerialOutput.ring", "SerialOutput.start");

  private final Side first = new Side();
  private final Side second = new Side();

  /** A port, with what it says to what is behind it. */
  private static final class Side implements SerialPort.Line {
    private boolean irq;
    private final List<String> said = new ArrayList<>();
    private final SerialPort port = new SerialPort(high -> irq = high, this);

    @Override
    public void outputReady() { said.add("ready"); }

    @Override
    public void outputHeld() { said.add("held"); }

    @Override
    public void transmitting() { said.add("transmitting"); }

    @Override
    public void roomForInput() { said.add("room"); }

    private String output() {
      byte[] bytes = new byte[8192];
      return new String(bytes, 0, port.takeOutput(bytes), StandardCharsets.US_ASCII);
    }
  }

  private static void write(SerialPort port, int register, int value) { port.write(register, 1, value); }

  /** Has the guest use all of the port, with both rings begun again at their ends. */
  private static void work(Side side) {
    SerialPort port = side.port;
    write(port, 3, 0x80);
    write(port, 0, 0x34);
    write(port, 1, 0x12);
    write(port, 3, 0x03);
    write(port, 2, 0xc1);
    write(port, 1, 0x07);
    write(port, 4, 0x0b);
    write(port, 7, 0x77);
    for (int i = 0; i < 4090; i++) {
      write(port, 0, '.');
    }
    side.output();
    byte[] text = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    port.receive(text, 0, 10);
    for (int i = 0; i < 10; i++) {
      port.read(0, 1);
    }
    port.receive(text, 3, 6);
    port.receiveBreak();
    port.receive(text, 0, 9);
    port.receive(text, 0, 1);
    for (char c : "hello, world".toCharArray()) {
      write(port, 0, c);
    }
  }

  @Test
  void theStateCoversEveryField() {
    work(first);
    Set<String> untouched = new TreeSet<>(SameFields.alike(first.port, new Side().port, NO_STATE));
    assertEquals(Set.of(), untouched, "the guest touches all that there is");
    second.port.restore(first.port.state());
    assertEquals(first.port.state(), second.port.state());
    assertEquals(Set.of(), SameFields.differences(first.port, second.port, NO_STATE));
  }

  @Test
  void theOtherPortGoesOn() {
    work(first);
    assertTrue(first.irq);
    second.port.restore(first.port.state());
    assertTrue(second.irq, "input waits");
    assertEquals(List.of("ready", "transmitting", "room"), second.said);
    for (int i = 0; i < 20; i++) {
      for (int register : new int[]{2, 5, 0}) {
        assertEquals(first.port.read(register, 1), second.port.read(register, 1),
            "register " + register + ", byte " + i);
      }
      assertEquals(first.irq, second.irq);
    }
    for (int register = 0; register < 8; register++) {
      assertEquals(first.port.read(register, 1), second.port.read(register, 1), "register " + register);
    }
    assertEquals("hello, world", second.output());
  }

  @Test
  void aFullPortIsFullThereToo() {
    for (int i = 0; i < 5000; i++) {
      write(first.port, 0, 'a' + i % 26);
    }
    second.port.restore(first.port.state());
    assertEquals(0, second.port.read(5, 1) & 0x20);
    byte[] ours = new byte[5000];
    byte[] theirs = new byte[5000];
    assertEquals(4096, first.port.takeOutput(ours));
    assertEquals(4096, second.port.takeOutput(theirs));
    assertArrayEquals(ours, theirs);
    assertEquals('a', theirs[26]);
    assertEquals(0x20, second.port.read(5, 1) & 0x20);
  }

  @Test
  void aResetIsPowerOnButForWhatTheGuestHasSent() {
    assertEquals(SerialPort.POWER_ON, first.port.state());
    work(first);
    first.port.reset();
    assertFalse(first.irq);
    assertEquals(new SerialOutput.State(Arrays.asList(bytes("hello, world")), 12), first.port.state().output());
    assertEquals("hello, world", first.output());
    assertEquals(SerialPort.POWER_ON, first.port.state());
  }

  private static Byte[] bytes(String text) {
    Byte[] boxed = new Byte[text.length()];
    for (int i = 0; i < boxed.length; i++) {
      boxed[i] = (byte) text.charAt(i);
    }
    return boxed;
  }
}

package org.ballastvm.vmm.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A 16550A as Linux's 8250 driver meets it: what it probes, and the interrupts it lives on. */
class SerialPortTest {
  private static final int DATA = 0;
  private static final int IER = 1;
  private static final int IIR = 2;
  private static final int FCR = 2;
  private static final int LCR = 3;
  private static final int MCR = 4;
  private static final int LSR = 5;
  private static final int MSR = 6;
  private static final int SCRATCH = 7;
  private static final int LOOP = 0x10;
  private static final int RING = 4096;

  private final TestLine line = new TestLine();
  private boolean irq;
  private final SerialPort port = new SerialPort(high -> irq = high, line);

  private static final class TestLine implements SerialPort.Line {
    private int outputs;
    private int held;
    private int starts;
    private int rooms;

    @Override
    public void outputReady() { outputs++; }

    @Override
    public void outputHeld() { held++; }

    @Override
    public void transmitting() { starts++; }

    @Override
    public void roomForInput() { rooms++; }
  }

  @Test
  void theProbeFindsTheRegistersOfA16550A() {
    write(IER, 0);
    assertEquals(0, read(IER));
    write(IER, 0x0f);
    assertEquals(0x0f, read(IER));
    write(IER, 0x4f);
    assertEquals(0x0f, read(IER), "no sleep mode and no UART-enable bit: neither a 16750 nor an XScale");
    write(IER, 0);
    for (int value : new int[]{0x55, 0xaa, 0}) {
      write(SCRATCH, value);
      assertEquals(value, read(SCRATCH));
    }
    write(FCR, 1);
    assertEquals(0xc0, read(IIR) & 0xc0, "FIFOs that work");
    write(FCR, 0);
    assertEquals(0, read(IIR) & 0xc0);
  }

  @Test
  void theProbeFindsNoRegistersOfLaterChips() {
    write(FCR, 1);
    for (int bank : new int[]{0x80, 0xbf, 0xe0}) {
      write(LCR, bank);
      assertEquals(0xc1, read(IIR), "what a later chip has in bank " + Integer.toHexString(bank));
    }
    write(LCR, 0);
    write(FCR, 0x21); // the 64 bytes of a 16750
    assertEquals(0xc1, read(IIR));
  }

  @Test
  void inLoopbackTheModemLinesComeBack() {
    write(MCR, LOOP | 0x0a);
    assertEquals(0x90, read(MSR) & 0xf0, "RTS as CTS, OUT2 as DCD");
    write(MCR, LOOP | 0x05);
    assertEquals(0x60, read(MSR) & 0xf0, "DTR as DSR, OUT1 as RI");
    write(MCR, 0);
    assertEquals(0xb0, read(MSR) & 0xf0, "outside, the far end is always ready");
  }

  @Test
  void inLoopbackBytesComeBackAndStayInside() {
    write(FCR, 1);
    write(MCR, LOOP);
    write(DATA, 'a');
    write(DATA, 'b');

    assertEquals(0, port.room(), "nothing from outside mixes with them");
    assertEquals('a', read(DATA));
    assertEquals('b', read(DATA));
    assertEquals(0, port.takeOutput(new byte[10]));

    int before = line.rooms;
    write(MCR, 0);
    assertEquals(before + 1, line.rooms, "who waited outside is woken");
    assertEquals(16, port.room());
  }

  @Test
  void aBreakIsAByteOfZerosThatTheLineStatusShowsWhenItsTurnComes() {
    write(FCR, 1);
    write(IER, 0x05);
    port.receive(new byte[]{'a'}, 0, 1);
    port.receiveBreak();
    port.receive(new byte[]{'t'}, 0, 1); // with Linux, sysrq-t

    assertEquals(0x01, read(LSR) & 0x1f, "a character like any other");
    assertEquals('a', read(DATA));
    assertEquals(0xc6, read(IIR), "line status");
    assertEquals(0x11, read(LSR) & 0x1f, "a break, with the byte that stands for it");
    assertEquals(0x01, read(LSR) & 0x1f, "once");
    assertEquals(0, read(DATA));
    assertEquals('t', read(DATA));
    assertEquals(0, read(LSR) & 0x1f);
    assertFalse(irq);
  }

  @Test
  void theDivisorIsBehindTheLatch() {
    write(LCR, 0x83);
    write(DATA, 0x34);
    write(IER, 0x12);
    assertEquals(0x34, read(DATA));
    assertEquals(0x12, read(IER));

    write(LCR, 0x03);
    assertEquals(0, read(IER));
    assertEquals(0, port.takeOutput(new byte[10]), "the divisor was not sent");
  }

  @Test
  void enablingTheTransmitInterruptRaisesItAndReadingItLowersIt() {
    write(IER, 2);
    assertTrue(irq);
    assertEquals(0x02, read(IIR) & 0x0f);
    assertFalse(irq);
    assertEquals(0x01, read(IIR) & 0x0f, "reading it acknowledged it");

    write(DATA, 'x');
    assertTrue(irq, "the byte is gone, so there is room for the next");
    write(IER, 0);
    assertFalse(irq);
    write(IER, 2);
    assertTrue(irq, "enabled again, raised again");
  }

  @Test
  void whatIsSentWaitsForTheEventLoop() {
    print("hello");

    byte[] taken = new byte[10];
    assertEquals(5, port.takeOutput(taken));
    assertArrayEquals("hello".getBytes(StandardCharsets.US_ASCII), Arrays.copyOf(taken, 5));
    assertEquals(0, port.takeOutput(taken));
  }

  @Test
  void aDriverThatPollsIsWaitedForUntilTheEndOfTheLine() {
    print("a line");
    assertEquals(0, line.outputs);
    assertEquals(1, line.held, "somebody looks soon, whatever comes");
    print("\n");
    assertEquals(1, line.outputs);
    print("x".repeat(3 * RING / 4));
    assertTrue(line.outputs >= 5, line.outputs + " times");
  }

  @Test
  void aDriverThatIsInterruptedWhenItMaySendMoreIsWaitedForUntilItHasNoMore() {
    write(FCR, 1);
    write(IER, 2);
    assertEquals(0x02, read(IIR) & 0x0f);
    print("0123456789abcdef");
    assertEquals(0x02, read(IIR) & 0x0f);
    print("that is all");
    assertEquals(0, line.outputs, "it will be back");
    assertEquals(1, line.held, "once");
    assertEquals(0x02, read(IIR) & 0x0f);
    assertEquals(0x01, read(IIR) & 0x0f);
    assertEquals(1, line.outputs, "it goes away");
    assertEquals(27, port.takeOutput(new byte[100]));
  }

  @Test
  void bytesThatComeTogetherAreSentAsThoseThatComeAlone() {
    write(IER, 2);
    port.write(DATA, 1, new long[]{'a', 'b', 'c', 'x'}, 3);
    assertTrue(irq);
    assertEquals(1, line.held);
    write(IER, 0);
    port.write(DATA, 1, new long[]{'d', '\n'}, 2);
    assertEquals(2, line.outputs, "the driver stopped, and the line ended");
    byte[] taken = new byte[10];
    assertEquals(5, port.takeOutput(taken));
    assertArrayEquals("abcd\n".getBytes(StandardCharsets.US_ASCII), Arrays.copyOf(taken, 5));
  }

  @Test
  void bytesForTheDivisorThatComeTogetherAreNotSent() {
    write(LCR, 0x80);
    port.write(DATA, 1, new long[]{3, 1}, 2);
    assertEquals(1, read(DATA));
    assertEquals(0, port.takeOutput(new byte[10]));
  }

  @Test
  void aDriverThatTurnsItsInterruptOffHasNoMoreToSend() {
    write(IER, 2);
    print("x");
    write(IER, 0);
    assertEquals(1, line.outputs);
    write(SCRATCH, 1);
    assertEquals(1, line.outputs, "once");
  }

  @Test
  void outputIsHeldBackFarBelowWhatTheRingTakes() {
    write(IER, 2);
    print("x".repeat(3 * RING / 4));
    assertTrue(line.outputs >= 5, line.outputs + " times");
    assertTrue(line.outputs <= 3 * RING / 4 / 16, line.outputs + " times");
    assertEquals(0x60, read(LSR) & 0x60);
  }

  @Test
  void aFullRingMakesTheTransmitterBusyUntilSomebodyFetches() {
    write(IER, 2);
    print("x".repeat(RING));
    assertEquals(0, read(LSR) & 0x60, "busy");
    assertFalse(irq);
    write(DATA, 'y');

    assertEquals(100, port.takeOutput(new byte[100]));

    assertTrue(irq);
    assertEquals(0x60, read(LSR) & 0x60);
    byte[] rest = new byte[RING];
    assertEquals(RING - 100, port.takeOutput(rest));
    assertEquals('x', rest[RING - 101], "what was written to a busy transmitter is lost, and nothing else");
  }

  @Test
  void aTransmitterThatSaysItIsEmptyTakesAWholeFifo() {
    write(FCR, 1);
    int sent = 1;
    write(DATA, 'x');
    for (; (read(LSR) & 0x20) != 0; sent += 16) {
      print("0123456789abcdef");
    }
    byte[] taken = new byte[2 * RING];
    assertEquals(sent, port.takeOutput(taken));
    assertEquals('f', taken[sent - 1]);
  }

  @Test
  void inputRaisesTheInterruptUntilItIsRead() {
    write(IER, 1);
    receive("ab", 1);
    assertTrue(irq);
    assertEquals(0x04, read(IIR) & 0x0f);
    assertEquals(1, read(LSR) & 1);

    assertEquals('a', read(DATA));

    assertFalse(irq);
    assertEquals(0, read(LSR) & 1);
    assertEquals(1, line.rooms);
  }

  @Test
  void belowItsTriggerLevelTheFifoSaysThatTimeIsUp() {
    write(FCR, 0xc1); // 14 bytes
    write(IER, 1);
    receive("abc", 3);
    assertEquals(0xcc, read(IIR), "character timeout");
    receive("defghijklmn", 11);
    assertEquals(0xc4, read(IIR), "trigger level");
    assertEquals(2, port.room());
  }

  @Test
  void aByteTooManyIsAnOverrunReportedOnce() {
    write(IER, 4);
    receive("a", 1);
    receive("b", 1);

    assertTrue(irq);
    assertEquals(0x06, read(IIR) & 0x0f);
    assertEquals(0x03, read(LSR) & 0x0f);
    assertFalse(irq);
    assertEquals(0x01, read(LSR) & 0x0f);
    assertEquals('a', read(DATA));
  }

  @Test
  void clearingTheFifoForgetsInputAndMakesRoom() {
    write(FCR, 1);
    receive("0123456789abcdef", 16);
    assertEquals(0, port.room());

    write(FCR, 3);

    assertEquals(0, read(LSR) & 1);
    assertEquals(16, port.room());
    assertTrue(line.rooms > 0);
  }

  @Test
  void resetForgetsAllButWhatWasSent() {
    write(FCR, 1);
    write(IER, 0x0f);
    write(SCRATCH, 0x12);
    print("last words");
    receive("0123456789abcdef", 16);
    int before = line.rooms;

    port.reset();

    assertEquals(0, read(IER));
    assertEquals(0, read(SCRATCH));
    assertFalse(irq);
    assertEquals(1, port.room());
    assertEquals(before + 1, line.rooms, "who waited for room is woken");
    assertEquals(10, port.takeOutput(new byte[100]));
  }

  @Test
  void whateverAGuestWritesThePortAnswersBytesAndTakesNoMoreThanItHas() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] buffer = new byte[64];
    for (int i = 0; i < 50_000; i++) {
      port.write(random.nextInt(8), 1 << random.nextInt(3), random.nextLong());
      int room = port.room();
      assertTrue(room >= 0 && room <= 16, "seed " + seed);
      port.receive(buffer, 0, random.nextInt(room + 1));
      long value = port.read(random.nextInt(8), 1);
      assertEquals(value & 0xff, value, "seed " + seed);
      if (random.nextInt(10) == 0) {
        port.takeOutput(buffer);
      }
    }
  }

  private int read(int register) { return (int) port.read(register, 1); }

  @Test
  void eachTimeADriverAsksToBeInterruptedItIsAboutToSend() {
    write(IER, 0x01);
    assertEquals(0, line.starts, "of what arrives alone");
    write(IER, 0x03);
    write(IER, 0x03);
    assertEquals(1, line.starts);
    assertTrue(port.isTransmitting());
    write(IER, 0x01);
    assertFalse(port.isTransmitting());
    write(IER, 0x03);
    assertEquals(2, line.starts);
  }

  private void write(int register, int value) { port.write(register, 1, value); }

  private void print(String text) { text.chars().forEach(c -> write(DATA, c)); }

  private void receive(String text, int count) { port.receive(text.getBytes(StandardCharsets.US_ASCII), 0, count); }
}

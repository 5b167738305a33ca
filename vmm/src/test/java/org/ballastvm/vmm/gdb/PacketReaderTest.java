package org.ballastvm.vmm.gdb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bytes of a client, good and bad. */
class PacketReaderTest implements PacketReader.Taker {
  private final List<String> heard = new ArrayList<>();
  private final PacketReader reader = new PacketReader(this);

  @Override
  public void packet(String text) { heard.add(text); }

  @Override
  public void damaged() { heard.add("(damaged)"); }

  @Override
  public void again() { heard.add("(again)"); }

  @Override
  public void interrupted() { heard.add("(interrupted)"); }

  @Override
  public void foreign(String what) { heard.add(what); }

  private void take(byte[] bytes) {
    for (byte b : bytes) {
      reader.take(b & 0xff);
    }
  }

  @Test
  void packetsAcknowledgementsAndTheInterrupt() {
    take("+$qC#b4-\3$g#00$#00".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(List.of("qC", "(again)", "(interrupted)", "(damaged)", ""), heard);
  }

  @Test
  void anyByteComesThroughEscaped() {
    Random random = new Random(7);
    StringBuilder text = new StringBuilder("X0,100:");
    for (int i = 0; i < 256; i++) {
      text.append((char) random.nextInt(256));
    }
    take(PacketText.framed(PacketText.escaped(text.toString())));
    assertEquals(List.of(text.toString()), heard);
  }

  @Test
  void noPacketIsLongerThanWasAgreed() {
    take(PacketText.framed("x".repeat(PacketReader.MOST_BYTES)));
    assertEquals(PacketReader.MOST_BYTES, heard.removeFirst().length());
    take(("$" + "x".repeat(PacketReader.MOST_BYTES + 1)).getBytes(StandardCharsets.US_ASCII));
    assertEquals(List.of("a packet of more than 16384 bytes"), heard);
  }

  @Test
  void longAnswersComeInPieces() {
    assertEquals("mabc", PacketText.piece("abcdef", "0,3"));
    assertEquals("ldef", PacketText.piece("abcdef", "3,100"));
    assertEquals("l", PacketText.piece("abcdef", "6,1"));
  }
}

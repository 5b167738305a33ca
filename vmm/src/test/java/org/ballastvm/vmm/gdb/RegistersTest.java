package org.ballastvm.vmm.gdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a client knows of registers and of how they move. */
class RegistersTest {
  private static final int AREA_BYTES = 4096;

  @Test
  void theDescriptionNamesEachRegisterInItsPlace() {
    int[] count = {0};
    Pattern.compile("<reg name=\"(\\w+)\" bitsize=\"(\\d+)\"").matcher(Registers64.description()).results()
        .forEach(match -> {
          assertEquals(Registers64.ALL.get(count[0]).name(), match.group(1));
          assertEquals(Registers64.ALL.get(count[0]++).bits(), Integer.parseInt(match.group(2)));
        });
    assertEquals(Registers64.ALL.size(), count[0]);
    assertEquals(608, Registers64.BYTES);
    assertEquals(128, Registers64.offset(16), "rip, as every client of amd64 has it");
  }

  @Test
  void floatingRegistersSurviveAWayOutAndIn() {
    byte[] bytes = new byte[AREA_BYTES];
    new Random(3).nextBytes(bytes);
    ByteBuffer out = ByteBuffer.allocate(AREA_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    new FloatingArea(bytes).read(out);
    byte[] copy = new byte[AREA_BYTES];
    new FloatingArea(copy).write(out.flip());
    ByteBuffer again = ByteBuffer.allocate(AREA_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    new FloatingArea(copy).read(again);
    assertEquals(out.rewind(), again.flip());
  }

  @Test
  void theLeftmostActionOfAProcessorIsIts() {
    assertEquals(new Answer.Resume(Set.of(1), Set.of(0, 1, 2)), Movement.ofActions("s:2;c", 3));
    assertEquals(new Answer.Resume(Set.of(), Set.of(0, 2)), Movement.ofActions("t:2;C05", 3));
    assertEquals(new Answer.Resume(Set.of(0), Set.of(0)), Movement.of('s', 0, 2));
    assertThrows(Refusal.class, () -> Movement.ofActions("t", 2));
    assertThrows(Refusal.class, () -> Movement.ofActions("r1,2", 2));
    assertThrows(Refusal.class, () -> Movement.ofActions("c:3", 2));
  }
}

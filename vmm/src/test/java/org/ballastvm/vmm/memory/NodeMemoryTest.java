package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three nodes of 1.5, 2 and 0.5 GiB, each on a backend of its own: the second is in two parts, around the hole. */
class NodeMemoryTest {
  private static final long GIB = GuestLayout.GIB;
  private static final long FIRST_END = GIB + GIB / 2;
  private static final long SECOND_END = 4 * GIB + GIB / 2;
  private static final long END = 5 * GIB;

  private List<MemoryBackend> backends;
  private GuestRam ram;

  @BeforeEach
  void open() {
    backends = List.of(node("a", 3 * GIB / 2), node("b", 2 * GIB), node("c", GIB / 2));
    ram = new GuestRam(GuestLayout.of(MemoryConfig.of(4 * GIB)), backends);
  }

  private static MemoryBackend node(String id, long size) {
    return MemoryBackend.open(new BackendConfig.Ram(id, size,
        new BackendConfig.Common(false, false, false, false, true)));
  }

  @AfterEach
  void close() { backends.forEach(MemoryBackend::close); }

  @ParameterizedTest
  @ValueSource(longs = {0, GIB - 3, FIRST_END - 8, FIRST_END - 3, FIRST_END, 2 * GIB - 5, 3 * GIB - 8, 4 * GIB,
      SECOND_END - 4, SECOND_END, END - 8})
  void theGuestSeesOneMemory(long gpa) {
    ram.putLong(gpa, 0x8877_6655_4433_2211L);
    assertEquals(0x8877_6655_4433_2211L, ram.getLong(gpa));
    assertEquals(0x3322, ram.getShort(gpa + 1));
    byte[] bytes = new byte[8];
    ram.read(gpa, MemorySegment.ofArray(bytes), 0, 8);
    assertEquals((byte) 0x88, bytes[7]);
    ram.write(gpa, MemorySegment.ofArray(new byte[8]), 0, 8);
    assertEquals(0, ram.getLong(gpa));
  }

  @Test
  void aNodeThatBeginsWithinAHugePageIsWarnedOf() {
    assertEquals(List.of(), ram.regionsInSmallPages());
    backends.forEach(MemoryBackend::close);
    backends = List.of(node("a", GIB + (1 << 20)), node("b", GIB), node("c", GIB - (1 << 20)));
    GuestRam odd = new GuestRam(GuestLayout.of(MemoryConfig.of(3 * GIB)), backends);
    List<String> sentences = odd.regionsInSmallPages();
    assertEquals(2, sentences.size());
    assertTrue(sentences.getFirst().startsWith("memory backend b: its memory begins at 0x40100000 in the guest"),
        sentences.getFirst());
  }

  @Test
  void eachNodesPartIsOnItsBackend() {
    ram.putByte(FIRST_END - 1, 1);
    ram.putByte(FIRST_END, 2);
    ram.putByte(4 * GIB, 3);
    ram.putByte(SECOND_END, 4);
    assertEquals(List.of(1, 2, 3, 4),
        List.of(byteAt(0, 3 * GIB / 2 - 1), byteAt(1, 0), byteAt(1, 3 * GIB / 2), byteAt(2, 0)));
    ram.discard(FIRST_END - 4096, 8192);
    assertEquals(List.of(0, 0, 3), List.of(byteAt(0, 3 * GIB / 2 - 1), byteAt(1, 0), byteAt(1, 3 * GIB / 2)));
  }

  private int byteAt(int node, long offset) {
    return backends.get(node).mapping().chunk((int) (offset / GIB)).get(ValueLayout.JAVA_BYTE, offset % GIB);
  }

  @Test
  void memoryEndsWhereTheLastNodeDoes() {
    assertTrue(ram.contains(0, 3 * GIB) && ram.contains(4 * GIB, GIB));
    assertFalse(ram.contains(3 * GIB - 1, 2));
    assertFalse(ram.contains(END - 1, 2));
  }

  @Test
  void aViewEndsWhereItsNodeDoes() {
    assertEquals(GIB / 2, ram.viewable(GIB, 3 * GIB));
    assertEquals(GIB, ram.viewable(FIRST_END, 3 * GIB));
    assertEquals(GIB / 2, ram.viewable(FIRST_END + GIB, GIB));
    assertEquals(100, ram.view(FIRST_END - 100, 100).byteSize());
  }
}

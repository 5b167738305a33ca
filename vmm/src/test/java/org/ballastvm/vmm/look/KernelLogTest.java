package org.ballastvm.vmm.look;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The ring of printk: records in a small one that has gone round, as the kernel leaves it. */
class KernelLogTest {
  private static final String VMCOREINFO = """
      OFFSET(printk_ringbuffer.desc_ring)=0
      OFFSET(printk_ringbuffer.text_data_ring)=48
      OFFSET(prb_desc_ring.count_bits)=0
      OFFSET(prb_desc_ring.descs)=8
      OFFSET(prb_desc_ring.infos)=16
      OFFSET(prb_desc_ring.head_id)=24
      OFFSET(prb_desc_ring.tail_id)=32
      SIZE(prb_desc)=24
      OFFSET(prb_desc.state_var)=0
      OFFSET(prb_desc.text_blk_lpos)=8
      OFFSET(prb_data_blk_lpos.begin)=0
      OFFSET(prb_data_blk_lpos.next)=8
      SIZE(printk_info)=88
      OFFSET(printk_info.ts_nsec)=8
      OFFSET(printk_info.text_len)=16
      OFFSET(printk_info.caller_id)=20
      OFFSET(prb_data_ring.size_bits)=0
      OFFSET(prb_data_ring.data)=8
      """;
  private static final long RING = MadeUpMemory.START + 0x100;
  private static final int DESCS = 0x1000;
  private static final int INFOS = 0x2000;
  private static final int DATA = 0x3000;
  private static final int COUNT = 8;
  private static final int SIZE = 512;
  private static final long FINALIZED = 2L << 62;
  private static final long REUSABLE = 3L << 62;

  private final MadeUpMemory memory = new MadeUpMemory(0x4000);
  private long position = 20 * SIZE + 400;

  KernelLogTest() {
    memory.bytes.putInt(0x100, 3).putLong(0x108, MadeUpMemory.START + DESCS).putLong(0x110, MadeUpMemory.START + INFOS)
        .putInt(0x130, 9).putLong(0x138, MadeUpMemory.START + DATA);
  }

  /** As prb_reserve and prb_commit do: what would go over the end begins at the start. */
  private void put(long id, long state, String text, int caller) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int block = 8 + (bytes.length + 7 & -8);
    long next = position + block;
    int at = (int) (position % SIZE);
    if (at + block > SIZE) {
      next = (position / SIZE + 1) * SIZE + block;
      at = 0;
    }
    memory.bytes.putLong(DATA + at, id).put(DATA + at + 8, bytes);
    int slot = (int) (id % COUNT);
    memory.bytes.putLong(DESCS + slot * 24, id | state).putLong(DESCS + slot * 24 + 8, position)
        .putLong(DESCS + slot * 24 + 16, next);
    memory.bytes.putLong(INFOS + slot * 88 + 8, id * 1_500_000_000L)
        .putShort(INFOS + slot * 88 + 16, (short) bytes.length)
        .putInt(INFOS + slot * 88 + 20, caller);
    position = next;
  }

  private void between(long tail, long head) { memory.bytes.putLong(0x118, head).putLong(0x120, tail); }

  private String read() { return KernelLog.read(memory.memory(), VMCOREINFO, RING); }

  @Test
  void recordsAreReadInTheirOrderAlsoOverTheEnd() {
    for (int id = 101; id <= 106; id++) {
      put(id, id == 103 ? REUSABLE : FINALIZED, "record " + id + " of a ring that goes round",
          id == 104 ? 0x8000_0001 : 7);
    }
    put(107, FINALIZED, "two\nlines", 0);
    between(101, 107);
    assertEquals("""
        [  151.500000][    T7] record 101 of a ring that goes round
        [  153.000000][    T7] record 102 of a ring that goes round
        [  156.000000][    C1] record 104 of a ring that goes round
        [  157.500000][    T7] record 105 of a ring that goes round
        [  159.000000][    T7] record 106 of a ring that goes round
        [  160.500000][    T0] two
        [  160.500000][    T0] lines
        """, read());
  }

  @Test
  void aRingThatIsNoneIsRefused() {
    memory.bytes.putInt(0x100, 60);
    assertTrue(assertThrows(Unreadable.class, this::read).getMessage().contains("2^60"));
    memory.bytes.putInt(0x100, 3).putLong(0x138, 0);
    assertThrows(Unreadable.class, this::read);
    assertThrows(Unreadable.class, () -> KernelLog.read(memory.memory(), "", RING));
  }

  @Test
  void whateverAGuestWritesThereIsReadOrRefused() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      for (int id = 101; id <= 107; id++) {
        put(id, FINALIZED, "record", 1);
      }
      between(101, 107);
      for (int i = 0; i < 20; i++) {
        int at = new int[]{0x100, DESCS, INFOS, DATA}[random.nextInt(i < 19 ? 3 : 4)] + random.nextInt(24) * 8;
        memory.bytes.putLong(at,
            random.nextBoolean() ? random.nextLong() : memory.bytes.getLong(at) ^ 1L << random.nextInt(64));
      }
      memory.bytes.putInt(0x100, 3).putInt(0x130, 9).putLong(0x108, MadeUpMemory.START + DESCS)
          .putLong(0x110, MadeUpMemory.START + INFOS).putLong(0x138, MadeUpMemory.START + DATA);
      assertTrue(read().length() < 100 * SIZE, "seed " + seed);
    }
  }
}

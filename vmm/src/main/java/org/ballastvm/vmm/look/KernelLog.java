package org.ballastvm.vmm.look;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernel's log, from the ring that printk writes (kernel/printk/printk_ringbuffer.c, since Linux 5.10), by the offsets that the kernel
 * has for its own crash dumps (VMCOREINFO).
 */
final class KernelLog {
  private static final Pattern NUMBER = Pattern.compile("(?m)^(?:OFFSET|SIZE)\\(([\\w.]+)\\)=(\\d+)$");
  private static final int MOST_COUNT_BITS = 22;
  private static final int MOST_SIZE_BITS = 27;
  /** So much is shown at most, of the end. */
  private static final int MOST_TEXT = 8 << 20;
  private static final int FLAGS_SHIFT = 62;
  private static final long ID = (1L << FLAGS_SHIFT) - 1;
  private static final int COMMITTED = 1;
  private static final int FINALIZED = 2;
  private static final int ID_BYTES = 8;
  private static final long NANOS = 1_000_000_000L;
  /** Set in a caller id that is a CPU's. */
  private static final int CPU = 0x8000_0000;

  private final Map<String, Integer> numbers = new HashMap<>();

  private KernelLog(String vmcoreinfo) {
    Matcher matcher = NUMBER.matcher(vmcoreinfo);
    while (matcher.find()) {
      if (matcher.group(2).length() < 7) {
        numbers.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
      }
    }
  }

  /**
   * Reads all of it that is there.
   *
   * @param ring the address of the ring
   * @return lines as dmesg shows them, each with its end
   */
  static String read(KernelMemory memory, String vmcoreinfo, long ring) {
    return new KernelLog(vmcoreinfo).lines(memory, ring);
  }

  private int number(String name) {
    Integer number = numbers.get(name);
    if (number == null) {
      throw new Unreadable("VMCOREINFO lacks " + name + ", which Linux has since 5.10");
    }
    return number;
  }

  private String lines(KernelMemory memory, long ring) {
    long descRing = ring + number("printk_ringbuffer.desc_ring");
    long dataRing = ring + number("printk_ringbuffer.text_data_ring");
    int countBits = bits(memory, descRing + number("prb_desc_ring.count_bits"), MOST_COUNT_BITS);
    int sizeBits = bits(memory, dataRing + number("prb_data_ring.size_bits"), MOST_SIZE_BITS);
    int count = 1 << countBits;
    int descBytes = number("prb_desc");
    int infoBytes = number("printk_info");
    byte[] descs = memory.bytes(memory.u64(descRing + number("prb_desc_ring.descs")), (long) count * descBytes);
    byte[] infos = memory.bytes(memory.u64(descRing + number("prb_desc_ring.infos")), (long) count * infoBytes);
    byte[] data = memory.bytes(memory.u64(dataRing + number("prb_data_ring.data")), 1 << sizeBits);
    long head = memory.u64(descRing + number("prb_desc_ring.head_id")) & ID;
    long tail = memory.u64(descRing + number("prb_desc_ring.tail_id")) & ID;
    StringBuilder text = new StringBuilder();
    for (long id = tail, i = 0; i < count; i++, id = id + 1 & ID) {
      int at = (int) (id & count - 1);
      append(text, id, new Slot(descs, at * descBytes), new Slot(infos, at * infoBytes), data, sizeBits);
      if (id == head) {
        break;
      }
    }
    return text.length() <= MOST_TEXT ? text.toString() : text.substring(text.length() - MOST_TEXT);
  }

  private static int bits(KernelMemory memory, long at, int most) {
    int bits = memory.s32(at);
    if (bits < 1 || bits > most) {
      throw new Unreadable("no log of the kernel: a ring of 2^%d at %#x".formatted(bits, at));
    }
    return bits;
  }

  private static final class Slot {
    private final byte[] bytes;
    private final int at;

    Slot(byte[] bytes, int at) {
      this.bytes = bytes;
      this.at = at;
    }

    long u64(int offset) { return KernelMemory.getLong(bytes, at + offset); }

    int s32(int offset) { return KernelMemory.getInt(bytes, at + offset); }

    int u16(int offset) { return KernelMemory.getShort(bytes, at + offset); }
  }

  private void append(StringBuilder text, long id, Slot desc, Slot info, byte[] data, int sizeBits) {
    long state = desc.u64(number("prb_desc.state_var"));
    int flags = (int) (state >>> FLAGS_SHIFT);
    if ((state & ID) != id || flags != COMMITTED && flags != FINALIZED) {
      return;
    }
    int block = number("prb_desc.text_blk_lpos");
    long begin = desc.u64(block + number("prb_data_blk_lpos.begin"));
    long next = desc.u64(block + number("prb_data_blk_lpos.next"));
    if ((begin & 1) != 0 && (next & 1) != 0) {
      return; // It has no text.
    }
    // A block that would go over the end begins at the ring's start instead.
    int from = begin >>> sizeBits == next >>> sizeBits || (next & data.length - 1) == 0
        ? (int) (begin & data.length - 1)
        : 0;
    long room = (next - 1 & data.length - 1) + 1 - from - ID_BYTES;
    int length = (int) Math.min(info.u16(number("printk_info.text_len")), room);
    if (length < 0) {
      return;
    }
    long nanos = info.u64(number("printk_info.ts_nsec"));
    String prefix = String.format(Locale.ROOT, "[%5d.%06d]", Long.divideUnsigned(nanos, NANOS),
        Long.remainderUnsigned(nanos, NANOS) / 1000) + caller(info) + " ";
    new String(data, from + ID_BYTES, length, StandardCharsets.UTF_8).lines()
        .forEach(line -> text.append(prefix).append(line.replaceAll("\\p{Cntrl}", "?")).append('\n'));
  }

  /** As a console has it with CONFIG_PRINTK_CALLER; the ring knows it always. */
  private String caller(Slot info) {
    int caller = info.s32(number("printk_info.caller_id"));
    return "[%6s]".formatted((caller & CPU) != 0 ? "C" + (caller & ~CPU) : "T" + caller);
  }
}

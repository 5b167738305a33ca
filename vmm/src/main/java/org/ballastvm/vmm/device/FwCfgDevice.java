package org.ballastvm.vmm.device;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.vmm.bus.BusDevice;

/**
 * fw_cfg: named items that a guest reads, at a selector (16 bits, ports 0 and 1), a byte at a time from port 1, or by DMA from a
 * structure whose address it writes to ports 4 to 11. Source: QEMU's docs/specs/fw_cfg.
 *
 * <p>
 * A guest can ask for no more than {@link #MOST_BYTES} at once, and for that it waits on its own vCPU. Items come before the
 * guest runs.
 */
public final class FwCfgDevice implements BusDevice {
  /** Ports: selector and data, two of nothing, and the address of DMA. */
  public static final int LENGTH = 12;
  /** The most that an item has, in bytes, and that one transfer moves. */
  public static final int MOST_BYTES = 64 << 20;
  /** How many items there can be; QEMU's number of files. */
  public static final int MOST_ITEMS = 32;

  private static final int DATA = 1;
  private static final int DMA_HIGH = 4;
  private static final int DMA_LOW = 8;
  private static final int SIGNATURE_KEY = 0x00;
  private static final int FEATURES_KEY = 0x01;
  private static final int DIRECTORY_KEY = 0x19;
  private static final int FIRST_FILE_KEY = 0x20;
  private static final byte[] SIGNATURE = "QEMU".getBytes(StandardCharsets.US_ASCII);
  /** The ports, and DMA; little-endian. */
  private static final byte[] FEATURES = {1 | 2, 0, 0, 0};
  private static final byte[] NOTHING = {};
  private static final byte[] ZEROS = new byte[4096];
  /** What the DMA register reads as, big-endian: "QEMU CFG". */
  private static final int DMA_SIGNATURE_HIGH = 0x5145_4d55;
  private static final int DMA_SIGNATURE_LOW = 0x2043_4647;
  private static final int NAME_BYTES = FwCfgItem.LONGEST_NAME + 1;
  private static final int ENTRY_BYTES = 8 + NAME_BYTES;

  private static final int DMA_ERROR = 1;
  private static final int DMA_READ = 1 << 1;
  private static final int DMA_SKIP = 1 << 2;
  private static final int DMA_SELECT = 1 << 3;
  private static final int DMA_WRITE = 1 << 4;

  /**
   * What a guest has made of it.
   *
   * @param key the selected item
   * @param offset of the next byte in it
   * @param dmaHigh the upper half of the address of its next transfer
   */
  public record State(int key, int offset, int dmaHigh) {}

  /** Nothing is selected but the signature. */
  public static final State POWER_ON = new State(SIGNATURE_KEY, 0, 0);

  private final GuestMemory ram;
  private final List<FwCfgItem> items = new ArrayList<>();
  private byte[] directory = directoryOf(List.of());
  private int key;
  private int offset;
  private int dmaHigh;

  /**
   * A device without items.
   *
   * @param ram the guest's memory, for DMA
   */
  public FwCfgDevice(GuestMemory ram) { this.ram = ram; }

  /**
   * Adds an item, before the guest runs.
   *
   * @param item of a name that is new, with at most {@link #MOST_BYTES}; there are fewer than {@link #MOST_ITEMS}
   */
  public synchronized void add(FwCfgItem item) {
    items.add(item);
    directory = directoryOf(items);
  }

  /** {@return the items, in the order in which they came} */
  public synchronized List<FwCfgItem> items() {
    return List.copyOf(items);
  }

  /** {@return what the guest has made of it} */
  public synchronized State state() {
    return new State(key, offset, dmaHigh);
  }

  /**
   * Makes it what it was; what a guest wrote to items stays.
   *
   * @param state of this device or another with the same items
   */
  public synchronized void restore(State state) {
    key = state.key();
    offset = state.offset();
    dmaHigh = state.dmaHigh();
  }

  private static byte[] directoryOf(List<FwCfgItem> items) {
    ByteBuffer out = ByteBuffer.allocate(Integer.BYTES + items.size() * ENTRY_BYTES).putInt(items.size());
    for (int i = 0; i < items.size(); i++) {
      FwCfgItem item = items.get(i);
      int end = out.position() + ENTRY_BYTES;
      out.putInt(item.bytes().length).putShort((short) (FIRST_FILE_KEY + i)).putShort((short) 0);
      out.put(item.name().getBytes(StandardCharsets.US_ASCII)).position(end);
    }
    return out.array();
  }

  private byte[] selected() {
    FwCfgItem item = selectedItem();
    return item != null ? item.bytes() : switch (key) {
      case SIGNATURE_KEY -> SIGNATURE;
      case FEATURES_KEY -> FEATURES;
      case DIRECTORY_KEY -> directory;
      default -> NOTHING;
    };
  }

  /** Null where the key is none of an item. */
  private FwCfgItem selectedItem() {
    int index = key - FIRST_FILE_KEY;
    return index >= 0 && index < items.size() ? items.get(index) : null;
  }

  private void select(int next) {
    key = next;
    offset = 0;
  }

  @Override
  public synchronized long read(long port, int sizeBytes) {
    if (port == DATA && sizeBytes == 1) {
      byte[] bytes = selected();
      return offset < bytes.length ? bytes[offset++] & 0xff : 0;
    }
    if (sizeBytes == Integer.BYTES && (port == DMA_HIGH || port == DMA_LOW)) {
      int signature = port == DMA_HIGH ? DMA_SIGNATURE_HIGH : DMA_SIGNATURE_LOW;
      return Integer.toUnsignedLong(Integer.reverseBytes(signature));
    }
    return 0;
  }

  @Override
  public synchronized void write(long port, int sizeBytes, long value) {
    if (port == 0 && sizeBytes == Short.BYTES) {
      select((int) value & 0xffff);
    } else if (port == DMA_HIGH && sizeBytes == Integer.BYTES) {
      dmaHigh = Integer.reverseBytes((int) value);
    } else if (port == DMA_LOW && sizeBytes == Integer.BYTES) {
      long low = Integer.toUnsignedLong(Integer.reverseBytes((int) value));
      long address = (long) dmaHigh << Integer.SIZE | low;
      dmaHigh = 0;
      transfer(address);
    }
  }

  /** A structure of control (4 bytes), length (4) and address (8), big-endian, whose control says in the end what became of it. */
  private void transfer(long at) {
    FwCfgItem written = null;
    try {
      int control = Integer.reverseBytes(ram.getInt(at));
      int length = Integer.reverseBytes(ram.getInt(at + 4));
      long address = Long.reverseBytes(ram.getLong(at + 8));
      if ((control & DMA_SELECT) != 0) {
        select(control >>> Short.SIZE);
      }
      boolean done = length >= 0 && length <= MOST_BYTES && move(control, length, address);
      if (done && (control & (DMA_READ | DMA_WRITE)) == DMA_WRITE && length > 0) {
        written = selectedItem();
      }
      ram.putInt(at, done ? 0 : Integer.reverseBytes(DMA_ERROR));
    } catch (GuestError e) {
      fail(at);
    }
    if (written != null) {
      written.changed();
    }
  }

  /** What is no memory for the transfer may yet be memory for its result. */
  private void fail(long at) {
    try {
      ram.putInt(at, Integer.reverseBytes(DMA_ERROR));
    } catch (GuestError e) {
      // There is no place to say so.
    }
  }

  private boolean move(int control, int length, long address) {
    byte[] bytes = selected();
    int there = Math.clamp(bytes.length - (long) offset, 0, length);
    if ((control & DMA_READ) != 0) {
      ram.write(address, MemorySegment.ofArray(bytes), Math.min(offset, bytes.length), there);
      zero(address + there, length - there);
    } else if ((control & DMA_WRITE) != 0) {
      FwCfgItem item = selectedItem();
      if (item == null || !item.isWritable() || there < length) {
        return false;
      }
      ram.read(address, MemorySegment.ofArray(bytes), offset, length);
    } else if ((control & (DMA_SKIP | DMA_SELECT)) == 0) {
      return true; // Nothing was asked for.
    }
    offset = Math.min(bytes.length, offset + there);
    return true;
  }

  /** Behind its end an item reads as zeros. */
  private void zero(long address, int length) {
    for (int done = 0; done < length; done += ZEROS.length) {
      ram.write(address + done, MemorySegment.ofArray(ZEROS), 0, Math.min(ZEROS.length, length - done));
    }
  }
}

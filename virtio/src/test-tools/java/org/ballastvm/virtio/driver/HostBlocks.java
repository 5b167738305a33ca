package org.ballastvm.virtio.driver;

import java.util.BitSet;
import org.ballastvm.virtio.mem.MemPlugger;

/** The host behind a memory device: it knows which blocks the guest can reach, and may refuse. */
public final class HostBlocks implements MemPlugger {
  private final long base;
  private final long blockBytes;
  private final int blockCount;
  private final BitSet reachable = new BitSet();
  private PlugRefused refusal;
  private int calls;
  private boolean givingBack;

  /** A region with nothing in reach. */
  public HostBlocks(long base, long sizeBytes, long blockBytes) {
    this.base = base;
    this.blockBytes = blockBytes;
    this.blockCount = (int) (sizeBytes / blockBytes);
  }

  /** From now on the host refuses everything; null ends that. */
  public void refuse(String why) {
    refusal = why == null ? null : new PlugRefused(why, null);
  }

  /** Whether the host is from now on at taking back what was unplugged. */
  public void givingBack(boolean on) {
    givingBack = on;
  }

  @Override
  public boolean isGivingBack() { return givingBack; }

  /** The blocks in reach. */
  public BitSet reachable() { return reachable; }

  /** How often the host was asked. */
  public int calls() { return calls; }

  @Override
  public void plug(long gpa, long lengthBytes) {
    int first = block(gpa, lengthBytes);
    int end = first + (int) (lengthBytes / blockBytes);
    int plugged = reachable.nextSetBit(first);
    if (plugged >= 0 && plugged < end) {
      throw new IllegalStateException("block " + plugged + " is plugged already");
    }
    reachable.set(first, end);
  }

  @Override
  public void unplug(long gpa, long lengthBytes) {
    int first = block(gpa, lengthBytes);
    reachable.clear(first, first + (int) (lengthBytes / blockBytes));
  }

  private int block(long gpa, long lengthBytes) {
    long first = (gpa - base) / blockBytes;
    if ((gpa | lengthBytes) % blockBytes != 0 || first < 0 || lengthBytes <= 0
        || lengthBytes / blockBytes > blockCount - first) {
      throw new IllegalStateException(lengthBytes + " bytes at 0x" + Long.toHexString(gpa) + " are no blocks of this");
    }
    calls++;
    if (refusal != null) {
      throw refusal;
    }
    return (int) first;
  }
}

package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get16;
import static org.ballastvm.kvm.Fields.get64;
import static org.ballastvm.kvm.Fields.get8;

import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.generated.Offsets.dirent64;

/** What {@link HostNode#entries} has read: one entry after the other. */
public final class DirectoryEntries {
  private final MemorySegment memory;
  private final long lengthBytes;
  private long at;
  private long next;

  /**
   * Stands before the first.
   *
   * @param memory what was written to
   * @param lengthBytes how much was written
   */
  public DirectoryEntries(MemorySegment memory, long lengthBytes) {
    this.memory = memory;
    this.lengthBytes = lengthBytes;
  }

  /** Goes to the next entry. @return false if there is none */
  public boolean next() {
    if (next >= lengthBytes) {
      return false;
    }
    at = next;
    next += get16(memory, at + dirent64.d_reclen) & 0xffff;
    return true;
  }

  /** {@return the number of the node, on the directory's file system} */
  public long inode() {
    return get64(memory, at + dirent64.d_ino);
  }

  /** {@return where the directory is read on behind this entry} */
  public long position() {
    return get64(memory, at + dirent64.d_off);
  }

  /** {@return its type, DT_DIR and the like of readdir(3), 0 if that is unknown} */
  public int type() {
    return get8(memory, at + dirent64.d_type) & 0xff;
  }

  /** {@return its name, a character for each byte} */
  public String name() {
    StringBuilder name = new StringBuilder();
    for (long i = at + dirent64.d_name; get8(memory, i) != 0; i++) {
      name.append((char) (get8(memory, i) & 0xff));
    }
    return name.toString();
  }
}

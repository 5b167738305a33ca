package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.set8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.ballastvm.kvm.generated.Host;

/** What the system calls of {@link HostNode} are told and tell, in memory of the calling thread: they allocate no other. */
final class NodeMemory {
  /** The longest path, with its end: PATH_MAX of linux/limits.h. */
  static final int PATH_BYTES = 4096;

  private static final String OWN_DESCRIPTORS = "/proc/self/fd/";
  private static final long STRUCT = 0;
  private static final long STRUCT_BYTES = 256;
  private static final long FIRST_NAME = STRUCT + STRUCT_BYTES;
  private static final long SECOND_NAME = FIRST_NAME + PATH_BYTES;
  private static final long END = SECOND_NAME + PATH_BYTES;
  private static final ThreadLocal<NodeMemory> OF_THREAD = ThreadLocal.withInitial(NodeMemory::new);

  private final MemorySegment all = Arena.ofAuto().allocate(END, 16);
  private final IoVectors pieces = new IoVectors();

  private NodeMemory() {}

  static NodeMemory get() { return OF_THREAD.get(); }

  /** Room for any struct but the pieces. */
  MemorySegment struct() { return all.asSlice(STRUCT, STRUCT_BYTES); }

  /** Room for a path that the kernel writes. */
  MemorySegment path() { return all.asSlice(FIRST_NAME, PATH_BYTES); }

  /** A name as the kernel reads it; each of its characters is a byte. */
  long name(String name) {
    return write(name, FIRST_NAME);
  }

  /** A second name beside the first. */
  long otherName(String name) { return write(name, SECOND_NAME); }

  /** The name by which a process finds what its own descriptor is of. */
  long descriptorName(int fd) {
    return write(OWN_DESCRIPTORS + fd, FIRST_NAME);
  }

  private long write(String name, long at) {
    if (name.length() >= PATH_BYTES) {
      throw new HostError("a name of " + name.length() + " bytes", Errno.of(Host.ENAMETOOLONG()));
    }
    for (int i = 0; i < name.length(); i++) {
      set8(all, at + i, (byte) name.charAt(i));
    }
    set8(all, at + name.length(), (byte) 0);
    return all.address() + at;
  }

  /** Pieces of memory as preadv(2) and pwritev(2) want them: at most {@link IoVectors#MOST}, the rest is left out. */
  IoVectors pieces(List<MemorySegment> memory) {
    pieces.clear();
    for (int i = 0; i < memory.size() && !pieces.isFull(); i++) {
      if (memory.get(i).byteSize() > 0) {
        pieces.add(memory.get(i));
      }
    }
    return pieces;
  }
}

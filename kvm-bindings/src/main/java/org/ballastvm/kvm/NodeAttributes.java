package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ballastvm.kvm.generated.Host;

/** The extended attributes of a {@link HostNode}, xattr(7). Names are strings of bytes, as those of nodes. */
public final class NodeAttributes {
  /** The longest value, and the longest list of names: XATTR_SIZE_MAX of linux/limits.h. */
  public static final int MOST_BYTES = 64 << 10;

  private static final int SMALL_BYTES = 16;

  private final HostNode node;

  /**
   * Those of a node.
   *
   * @param node whose; it may be opened or not
   */
  public NodeAttributes(HostNode node) { this.node = node; }

  /**
   * A value.
   *
   * @param name of the attribute
   * @return the value; empty if there is none of that name
   * @throws HostError EOPNOTSUPP where there can be none, EPERM, ...
   */
  public Optional<byte[]> get(String name) {
    try (Arena arena = Arena.ofConfined()) {
      NodeMemory memory = NodeMemory.get();
      MemorySegment value = arena.allocate(MOST_BYTES);
      long length = CALLS.syscall(Host.SYS_getxattr(), memory.descriptorName(node.fd()), memory.otherName(name),
          value.address(), MOST_BYTES);
      return length == -Host.ENODATA()
          ? Optional.empty()
          : Optional.of(value.asSlice(0, HostNode.check(length, "getxattr " + name + " of", node.what()))
              .toArray(JAVA_BYTE));
    }
  }

  /**
   * A value of at most eight bytes, as a little-endian number. Where there can be no attributes, there is none.
   *
   * @param name of the attribute
   * @param bytes its length, 1 to 8
   * @param fallback what it is if there is none, or one of another length
   * @return the number
   */
  public long number(String name, int bytes, long fallback) {
    NodeMemory memory = NodeMemory.get();
    MemorySegment value = memory.struct();
    long length = CALLS.syscall(Host.SYS_getxattr(), memory.descriptorName(node.fd()), memory.otherName(name),
        value.address(), SMALL_BYTES);
    if (length != bytes) {
      return fallback;
    }
    long number = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      number = number << 8 | value.get(JAVA_BYTE, i) & 0xff;
    }
    return number;
  }

  /**
   * Sets a value that is a little-endian number.
   *
   * @param name of the attribute
   * @param bytes its length, 1 to 8
   * @param number the value
   */
  public void setNumber(String name, int bytes, long number) {
    byte[] value = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      value[i] = (byte) (number >>> 8 * i);
    }
    set(name, value, 0);
  }

  /**
   * Sets a value.
   *
   * @param name of the attribute
   * @param value up to {@link #MOST_BYTES}
   * @param flags 0, or as setxattr(2) has it: 1 to create, 2 to replace
   * @throws HostError EEXIST, ENODATA, ENOSPC, EPERM, ...
   */
  public void set(String name, byte[] value, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      NodeMemory memory = NodeMemory.get();
      MemorySegment content = arena.allocateFrom(JAVA_BYTE, value);
      HostNode.check(CALLS.syscall(Host.SYS_setxattr(), memory.descriptorName(node.fd()), memory.otherName(name),
          content.address(), value.length, flags), "setxattr " + name + " of", node.what());
    }
  }

  /**
   * Removes an attribute.
   *
   * @param name which
   * @throws HostError ENODATA, EPERM, ...
   */
  public void remove(String name) {
    NodeMemory memory = NodeMemory.get();
    HostNode.check(CALLS.syscall(Host.SYS_removexattr(), memory.descriptorName(node.fd()), memory.otherName(name)),
        "removexattr " + name + " of", node.what());
  }

  /** {@return the names of all that this process may see} */
  public List<String> names() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocate(MOST_BYTES);
      long length = HostNode.check(CALLS.syscall(Host.SYS_listxattr(),
          NodeMemory.get().descriptorName(node.fd()), list.address(), MOST_BYTES), "listxattr of", node.what());
      String all = new String(list.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.ISO_8859_1);
      return Stream.of(all.split("\0")).filter(name -> !name.isEmpty()).toList();
    }
  }
}

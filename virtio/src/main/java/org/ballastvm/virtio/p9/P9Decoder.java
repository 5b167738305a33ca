package org.ballastvm.virtio.p9;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a request of what a driver wrote. The message is copied first, so that the driver changes nothing of it while it is
 * looked at; only what is to be written to a file stays where it is.
 */
final class P9Decoder {
  /** More than the longest message without data has: 16 names of 255 bytes, or a link of 4095. */
  static final int MOST_BYTES = 8192;

  private static final int MOST_NAMES = 16; // P9_MAXWELEM
  private static final int MOST_NAME_BYTES = 255; // NAME_MAX
  private static final int MOST_PATH_BYTES = 4095; // PATH_MAX, less its end
  private static final int WRITE_HEADER_BYTES = P9Reply.HEADER_BYTES + 16;
  private static final int REMOVE_DIRECTORY = 0x200; // P9_DOTL_AT_REMOVEDIR

  private final MemorySegment message = MemorySegment.ofArray(new byte[MOST_BYTES]);
  private P9Buffers buffers;
  private P9Gate gate;
  private int type;
  private long sizeBytes;
  private int end;
  private int at;

  /**
   * Copies a message.
   *
   * @param mostMessageBytes what was agreed on
   * @throws P9Error if it says that it is longer than it is, or than may be
   */
  void begin(P9Buffers request, P9Gate entrance, int messageType, long mostMessageBytes) {
    buffers = request;
    gate = entrance;
    type = messageType;
    int copied = (int) Math.min(request.readableBytes(), messageType == P9Type.WRITE ? WRITE_HEADER_BYTES : MOST_BYTES);
    gate.enter();
    try {
      request.read(message, copied);
    } finally {
      gate.leave();
    }
    sizeBytes = Integer.toUnsignedLong(message.get(JAVA_INT_UNALIGNED, 0));
    if (sizeBytes < P9Reply.HEADER_BYTES || sizeBytes > request.readableBytes() || sizeBytes > mostMessageBytes
        || messageType != P9Type.WRITE && sizeBytes > MOST_BYTES) {
      throw new P9Error(P9Error.EMSGSIZE);
    }
    end = (int) Math.min(sizeBytes, copied);
    at = P9Reply.HEADER_BYTES;
  }

  private int need(int bytes) {
    if (bytes > end - at) {
      throw new P9Error(P9Error.EINVAL);
    }
    int here = at;
    at += bytes;
    return here;
  }

  private int u8() { return message.get(JAVA_BYTE, need(1)) & 0xff; }

  private int u16() { return message.get(JAVA_SHORT_UNALIGNED, need(2)) & 0xffff; }

  int u32() { return message.get(JAVA_INT_UNALIGNED, need(4)); }

  private long u64() { return message.get(JAVA_LONG_UNALIGNED, need(8)); }

  /** A string of bytes, without a zero. */
  String string(int mostBytes) {
    int length = u16();
    if (length > mostBytes) {
      throw new P9Error(P9Error.ENAMETOOLONG);
    }
    int start = need(length);
    char[] characters = new char[length];
    for (int i = 0; i < length; i++) {
      characters[i] = (char) (message.get(JAVA_BYTE, start + i) & 0xff);
      if (characters[i] == 0) {
        throw new P9Error(P9Error.EINVAL);
      }
    }
    return new String(characters);
  }

  /** A name that leads one step down, or up. */
  private String step() {
    String name = string(MOST_NAME_BYTES);
    if (name.isEmpty() || name.equals(".") || name.indexOf('/') >= 0) {
      throw new P9Error(P9Error.ENOENT);
    }
    return name;
  }

  private String name() {
    String name = step();
    if (name.equals("..")) {
      throw new P9Error(P9Error.EINVAL);
    }
    return name;
  }

  private List<String> steps() {
    int count = u16();
    if (count > MOST_NAMES) {
      throw new P9Error(P9Error.EINVAL);
    }
    List<String> names = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      names.add(step());
    }
    return names;
  }

  /**
   * Makes a request of the message.
   *
   * @throws P9Error if it is none
   */
  P9Request request() {
    return switch (type) {
      case P9Type.ATTACH -> attach();
      case P9Type.WALK -> new P9Request.Walk(u32(), u32(), steps());
      case P9Type.GETATTR -> new P9Request.GetAttributes(u32());
      case P9Type.SETATTR -> new P9Request.SetAttributes(u32(), u32(), u32(), u32(), u32(), u64(), u64(), u64(), u64(),
          u64());
      case P9Type.LOPEN -> new P9Request.Open(u32(), u32());
      case P9Type.LCREATE -> new P9Request.Create(u32(), name(), u32(), u32(), u32());
      case P9Type.READDIR -> new P9Request.ReadDirectory(u32(), u64(), u32());
      case P9Type.READ -> new P9Request.Read(u32(), u64(), u32());
      case P9Type.WRITE -> write();
      case P9Type.FSYNC -> new P9Request.Sync(u32(), at < end && u32() != 0);
      case P9Type.CLUNK -> new P9Request.Clunk(u32());
      case P9Type.REMOVE -> new P9Request.Remove(u32());
      case P9Type.UNLINKAT -> new P9Request.Unlink(u32(), name(), (u32() & REMOVE_DIRECTORY) != 0);
      case P9Type.RENAME -> new P9Request.Rename(u32(), u32(), name());
      case P9Type.RENAMEAT -> new P9Request.RenameAt(u32(), name(), u32(), name());
      case P9Type.MKDIR -> new P9Request.MakeDirectory(u32(), name(), u32(), u32());
      case P9Type.MKNOD -> new P9Request.MakeNode(u32(), name(), u32(), u32(), u32(), u32());
      case P9Type.SYMLINK -> new P9Request.MakeLink(u32(), name(), string(MOST_PATH_BYTES), u32());
      case P9Type.READLINK -> new P9Request.ReadLink(u32());
      case P9Type.LINK -> new P9Request.Link(u32(), u32(), name());
      case P9Type.STATFS -> new P9Request.FileSystem(u32());
      case P9Type.XATTRWALK -> new P9Request.FindAttribute(u32(), u32(), string(MOST_NAME_BYTES));
      case P9Type.XATTRCREATE -> new P9Request.SetAttribute(u32(), string(MOST_NAME_BYTES), u64(), u32());
      case P9Type.LOCK -> lock();
      case P9Type.GETLOCK -> new P9Request.GetLock(u32(), u8(), u64(), u64(), u32(), string(MOST_NAME_BYTES));
      default -> throw new P9Error(P9Error.EOPNOTSUPP);
    };
  }

  /** The names of user and tree that stand between are of no matter: a device has one tree, and Linux sends numbers. */
  private P9Request attach() {
    int fid = u32();
    int authFid = u32();
    string(MOST_PATH_BYTES);
    string(MOST_PATH_BYTES);
    return new P9Request.Attach(fid, authFid, u32());
  }

  private P9Request write() {
    int fid = u32();
    long offset = u64();
    long count = Integer.toUnsignedLong(u32());
    if (count > buffers.readableBytes() - WRITE_HEADER_BYTES || count > sizeBytes - WRITE_HEADER_BYTES) {
      throw new P9Error(P9Error.EMSGSIZE);
    }
    return new P9Request.Write(fid, offset, new P9Payload(buffers, gate, WRITE_HEADER_BYTES, (int) count));
  }

  private P9Request lock() {
    int fid = u32();
    int lockType = u8();
    u32(); // Whether the driver waits: it asks again, instead.
    return new P9Request.Lock(fid, lockType, u64(), u64());
  }
}

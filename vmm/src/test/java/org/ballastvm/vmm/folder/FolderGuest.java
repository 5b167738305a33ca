package org.ballastvm.vmm.folder;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.ballastvm.p9.Answer;
import org.ballastvm.p9.Message;
import org.ballastvm.pci.PciHost;
import org.ballastvm.virtio.p9.P9Device;
import org.ballastvm.virtio.p9.P9Workers;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.FolderConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryBackend;

/** A guest without processors that has a folder mounted, and says to its server whatever it likes. */
final class FolderGuest implements AutoCloseable {
  static final int STATFS = 8;
  static final int LOPEN = 12;
  static final int LCREATE = 14;
  static final int SYMLINK = 16;
  static final int MKNOD = 18;
  static final int RENAME = 20;
  static final int READLINK = 22;
  static final int GETATTR = 24;
  static final int SETATTR = 26;
  static final int XATTRWALK = 30;
  static final int XATTRCREATE = 32;
  static final int READDIR = 40;
  static final int FSYNC = 50;
  static final int LOCK = 52;
  static final int GETLOCK = 54;
  static final int LINK = 70;
  static final int MKDIR = 72;
  static final int RENAMEAT = 74;
  static final int UNLINKAT = 76;
  static final int ATTACH = 104;
  static final int WALK = 110;
  static final int READ = 116;
  static final int WRITE = 118;
  static final int CLUNK = 120;
  static final int REMOVE = 122;
  /** The fid that is the root from the start. */
  static final int ROOT = 1;
  static final int UID = 1234;
  static final int GID = 4321;

  private static final int QUEUE_SIZE = 128;
  private static final int BAR = 4;
  private static final long AREA = 1 << 20;
  private static final long REQUEST = 2 << 20;
  private static final long ANSWER = 4 << 20;
  private static final int ROOM = 1 << 20;

  final Folder folder;
  private final MemoryBackend backend = MemoryBackend
      .open(new BackendConfig.Ram("ram", 16 << 20, new BackendConfig.Common(false, false, false, false, true)));
  private final GuestRam ram = new GuestRam(GuestLayout.of(MemoryConfig.of(16 << 20)), backend);
  private final LinkedBlockingQueue<Integer> rings = new LinkedBlockingQueue<>();
  private final VirtioPciFunction function;
  private int offered;

  FolderGuest(Path path, FolderConfig.Security security, boolean readOnly) {
    this(new FolderConfig("f", path.toString(), security, readOnly, FolderConfig.Devices.REMAP), Runnable::run);
  }

  /** How requests are worked on. */
  @FunctionalInterface
  interface Working extends P9Workers {
    @Override
    default void close() {
      // There are none.
    }
  }

  FolderGuest(FolderConfig config, Working workers) { this(config, (P9Workers) workers); }

  FolderGuest(FolderConfig config, P9Workers workers) {
    folder = Folder.open(config, "tag");
    function = new VirtioPciFunction(new P9Device("tag", folder, workers), ram, event -> {
      throw new AssertionError(event);
    });
    function.attach(new Bus());
    start();
    ask(new Message(100, 0xffff).u32(512 << 10).string("9P2000.L"));
    ask(new Message(ATTACH, 1).u32(ROOT, -1).string("").string("").u32(UID));
  }

  private void start() {
    function.configWrite(4, 2, 4);
    write(0x14, 1, 3);
    write(0x08, 4, 0);
    write(0x0c, 4, 1);
    write(0x08, 4, 1);
    write(0x0c, 4, 1);
    write(0x14, 1, 0xb);
    long[] parts = {AREA, AREA + 0x8000, AREA + 0xa000};
    for (int part = 0; part < parts.length; part++) {
      write(0x20 + 8 * part, 4, parts[part]);
      write(0x24 + 8 * part, 4, 0);
    }
    write(0x1c, 2, 1);
    write(0x14, 1, 0xf);
  }

  private void write(int register, int width, long value) { function.barWrite(BAR, register, width, value); }

  /** Says something, and has the answer. */
  Answer ask(Message message) {
    byte[] bytes = message.bytes();
    ram.write(REQUEST, MemorySegment.ofArray(bytes), 0, bytes.length);
    descriptor(0, REQUEST, bytes.length, 1);
    descriptor(1, ANSWER, ROOM, 2);
    ram.putShort(AREA + 0x8000 + 4 + 2L * (offered % QUEUE_SIZE), 0);
    offered = offered + 1 & 0xffff;
    ram.putShortRelease(AREA + 0x8000 + 2, offered);
    rings.add(0);
    while (ram.getShortAcquire(AREA + 0xa000 + 2) != offered) {
      try {
        function.doorbell(rings.take());
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    byte[] answer = new byte[ram.getInt(ANSWER)];
    ram.read(ANSWER, MemorySegment.ofArray(answer), 0, answer.length);
    return new Answer(answer);
  }

  private void descriptor(int index, long gpa, int lengthBytes, int flags) {
    ram.putLong(AREA + 16L * index, gpa);
    ram.putInt(AREA + 16L * index + 8, lengthBytes);
    ram.putShort(AREA + 16L * index + 12, flags);
    ram.putShort(AREA + 16L * index + 14, 1);
  }

  /** A fid walks to names from another; the error, or 0. */
  int walk(int from, int to, String... names) {
    Message message = new Message(WALK, 1).u32(from, to).u16(names.length);
    for (String name : names) {
      message.string(name);
    }
    Answer answer = ask(message);
    return answer.errno() != 0 ? answer.errno() : answer.u16() < names.length ? -1 : 0;
  }

  int open(int fid, int flags) { return ask(new Message(LOPEN, 1).u32(fid, flags)).errno(); }

  /** Makes a file by a fid of its directory, which becomes the file. */
  int create(int fid, String name, int flags, int mode) {
    return ask(new Message(LCREATE, 1).u32(fid).string(name).u32(flags, mode, GID)).errno();
  }

  int clunk(int fid) { return ask(new Message(CLUNK, 1).u32(fid)).errno(); }

  int write(int fid, long offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    Answer answer = ask(new Message(WRITE, 1).u32(fid).u64(offset).u32(bytes.length).raw(bytes));
    return answer.errno() != 0 ? -answer.errno() : answer.u32();
  }

  String read(int fid, long offset, int count) {
    Answer answer = ask(new Message(READ, 1).u32(fid).u64(offset).u32(count));
    return answer.errno() != 0
        ? "errno " + answer.errno()
        : new String(answer.raw(answer.u32()), StandardCharsets.ISO_8859_1);
  }

  /** What Rgetattr says: mode, uid, gid, links, rdev, size. */
  long[] attributes(int fid) {
    Answer answer = ask(new Message(GETATTR, 1).u32(fid).u64(0x7ff));
    if (answer.errno() != 0) {
      throw new AssertionError("errno " + answer.errno());
    }
    answer.skip(8 + 13);
    return new long[]{answer.u32(), answer.u32(), answer.u32(), answer.u64(), answer.u64(), answer.u64()};
  }

  /** Names in an opened directory, in answers of a size. */
  List<String> list(int fid, int count) {
    List<String> names = new ArrayList<>();
    long position = 0;
    while (true) {
      Answer answer = ask(new Message(READDIR, 1).u32(fid).u64(position).u32(count));
      if (answer.errno() != 0) {
        throw new AssertionError("errno " + answer.errno());
      }
      if (answer.u32() == 0) {
        return names;
      }
      while (answer.hasMore()) {
        position = answer.skip(13).u64();
        answer.skip(1);
        names.add(answer.string());
      }
    }
  }

  @Override
  public void close() {
    function.detach();
    function.device().close();
    folder.close();
    backend.close();
  }

  private final class Bus implements PciHost {
    @Override
    public void ring(int doorbell) { rings.add(doorbell); }

    @Override
    public void barMapped(int bar, long base) {
      // The driver knows its registers without.
    }

    @Override
    public void barUnmapped(int bar, long base) {
      // See barMapped.
    }

    @Override
    public void setInterruptPin(boolean high) {
      // The driver looks without being asked to.
    }

    @Override
    public void routeVector(int vector, long address, int data) {
      // See setInterruptPin.
    }

    @Override
    public void triggerVector(int vector) {
      // See setInterruptPin.
    }
  }
}

package org.ballastvm.vmm.dump;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.GuestMemory.Access;
import org.ballastvm.vmm.config.PageSize;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.memory.PhysicalRange;

/**
 * An ELF core file that is being written: memory piece by piece, then the notes before it, for which room was left, and headers
 * last. So one that is cut off is no ELF file. Notes stand before memory, as crash looks for them nowhere else. Pages of zeros are
 * holes.
 */
final class CoreFile implements AutoCloseable {
  /** More program headers have their number elsewhere, which no reader of dumps looks for. */
  static final int MOST_LOADS = 60_000;

  private static final int HEADER_BYTES = 64;
  private static final int PROGRAM_HEADER_BYTES = 56;
  private static final int CORE = 4;
  private static final int X86_64 = 62;
  private static final int LOAD = 1;
  private static final int NOTE = 4;
  private static final long STEP_BYTES = 16 << 20;
  /** A page of the file begins where one of memory does, so that holes are whole. */
  private static final long ALIGN = PageSize.BYTES;
  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[PageSize.BYTES]);
  /** How the text begins that a kernel keeps for tools, on a page of its own: kernel/crash_core.c. */
  private static final byte[] TEXT_START = "OSRELEASE=".getBytes(StandardCharsets.US_ASCII);
  private static final MemorySegment TEXT = MemorySegment.ofArray(TEXT_START);
  /** A page of it in a note. */
  private static final int MOST_FOUND_BYTES = PageSize.BYTES + 64;
  private static final String TEXT_HAS = "\nKERNELOFFSET=";

  private final GuestMemory memory;
  private final List<PhysicalRange> loads;
  private final FileChannel file;
  private final long dataStart;
  private int load;
  private long doneOfLoad;
  private long loadStart;
  private Optional<byte[]> coreInfo = Optional.empty();

  /**
   * A file without anything in it.
   *
   * @param loads what it is to hold, page by page
   * @param notesBytes how much its notes may be, but for what is found in memory
   * @throws UserError for too many of them
   * @throws IOException if it cannot be opened
   */
  CoreFile(DumpWish wish, GuestMemory memory, List<PhysicalRange> loads, int notesBytes) throws IOException {
    if (loads.size() > MOST_LOADS) {
      throw new UserError("dump-guest-memory: memory lies in " + loads.size() + " pieces; an ELF file of this kind has "
          + MOST_LOADS + " at most");
    }
    this.memory = memory;
    this.loads = loads;
    dataStart = headerBytes() + notesBytes + MOST_FOUND_BYTES + ALIGN - 1 & -ALIGN;
    loadStart = dataStart;
    file = FileChannel.open(wish.file(), StandardOpenOption.WRITE, StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING);
  }

  private long headerBytes() { return HEADER_BYTES + (loads.size() + 1L) * PROGRAM_HEADER_BYTES; }

  private ByteBuffer headers(long notesStart, int notesBytes) {
    ByteBuffer out = ByteBuffer.allocate((int) headerBytes()).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[]{0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
    out.putShort((short) CORE).putShort((short) X86_64).putInt(1).putLong(0).putLong(HEADER_BYTES).putLong(0).putInt(0);
    out.putShort((short) HEADER_BYTES).putShort((short) PROGRAM_HEADER_BYTES).putShort((short) (loads.size() + 1));
    out.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    programHeader(out, NOTE, notesStart, 0, notesBytes);
    long at = dataStart;
    for (PhysicalRange each : loads) {
      programHeader(out, LOAD, at, each.base(), each.sizeBytes());
      at += each.sizeBytes();
    }
    return out.flip();
  }

  /** Without paging an address is a physical one; the virtual one is unknown, and zero. */
  private static void programHeader(ByteBuffer out, int type, long offset, long physical, long sizeBytes) {
    out.putInt(type).putInt(0).putLong(offset).putLong(0).putLong(physical).putLong(sizeBytes)
        .putLong(type == NOTE ? 0 : sizeBytes).putLong(0);
  }

  long totalBytes() { return loads.stream().mapToLong(PhysicalRange::sizeBytes).sum(); }

  /** {@return how many bytes of memory are done} */
  long completedBytes() { return loadStart - dataStart + doneOfLoad; }

  /**
   * Writes more memory, for about as long as others can wait.
   *
   * @return whether all of it is written
   */
  boolean step() throws IOException {
    if (load == loads.size()) {
      return true;
    }
    PhysicalRange now = loads.get(load);
    long count = Math.min(STEP_BYTES, now.sizeBytes() - doneOfLoad);
    IOException[] failure = new IOException[1];
    long at = loadStart + doneOfLoad;
    memory.view(now.base() + doneOfLoad, count, Access.READ, pieces -> {
      long done = at;
      try {
        for (MemorySegment piece : pieces) {
          writeSparse(piece, done);
          done += piece.byteSize();
        }
      } catch (IOException e) {
        failure[0] = e;
      }
    });
    if (failure[0] != null) {
      throw failure[0];
    }
    doneOfLoad += count;
    if (doneOfLoad == now.sizeBytes()) {
      loadStart += doneOfLoad;
      doneOfLoad = 0;
      load++;
    }
    return false;
  }

  /** {@return what the guest's kernel keeps for tools, if it was among the memory that is written} */
  Optional<byte[]> coreInfo() {
    return coreInfo;
  }

  /** Writes notes, the end of memory where that is a hole, and last what leads to both. */
  void finish(byte[] notes) throws IOException {
    long end = dataStart + totalBytes();
    if (file.size() < end) {
      write(ByteBuffer.wrap(new byte[1]), end - 1);
    }
    write(ByteBuffer.wrap(notes), headerBytes());
    write(headers(headerBytes(), notes.length), 0);
  }

  /** A guest may pretend to have it: what it says is for the tools of whoever dumps. */
  private void lookForText(MemorySegment piece, long page, long end) {
    if (end - page < PageSize.BYTES
        || MemorySegment.mismatch(piece, page, page + TEXT_START.length, TEXT, 0, TEXT_START.length) >= 0) {
      return;
    }
    byte[] bytes = piece.asSlice(page, PageSize.BYTES).toArray(ValueLayout.JAVA_BYTE);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int length = text.indexOf('\0');
    if (length > 0 && text.substring(0, length).contains(TEXT_HAS)) {
      coreInfo = Optional.of(Arrays.copyOf(bytes, length));
    }
  }

  private void writeSparse(MemorySegment piece, long at) throws IOException {
    long from = -1;
    for (long page = 0; page < piece.byteSize(); page += PageSize.BYTES) {
      long end = Math.min(page + PageSize.BYTES, piece.byteSize());
      boolean zero = MemorySegment.mismatch(piece, page, end, ZEROS, 0, end - page) < 0;
      if (!zero && coreInfo.isEmpty()) {
        lookForText(piece, page, end);
      }
      if (zero && from >= 0) {
        write(piece.asSlice(from, page - from).asByteBuffer(), at + from);
        from = -1;
      } else if (!zero && from < 0) {
        from = page;
      }
    }
    if (from >= 0) {
      write(piece.asSlice(from).asByteBuffer(), at + from);
    }
  }

  private void write(ByteBuffer bytes, long at) throws IOException {
    long offset = at;
    while (bytes.hasRemaining()) {
      offset += file.write(bytes, offset);
    }
  }

  @Override
  public void close() throws IOException { file.close(); }
}

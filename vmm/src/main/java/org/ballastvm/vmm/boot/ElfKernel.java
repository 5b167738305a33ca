package org.ballastvm.vmm.boot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.memory.GuestLayout;

/**
 * An ELF vmlinux with a PVH note: {@code XEN_ELFNOTE_PHYS32_ENTRY}, the physical address of its 32-bit entry.
 *
 * <p>
 * Source: System V ABI, chapters 4 and 5; Xen's PVH boot ABI (docs/misc/pvh.pandoc).
 *
 * @param entry physical address of the PVH entry
 * @param entry64 physical address of the 64-bit entry, {@code startup_64}
 * @param segments what is loaded where, all of it below 4 GiB
 */
record ElfKernel(long entry, long entry64, List<Load> segments) {
  private static final int HEADER_BYTES = 64;
  private static final int PROGRAM_HEADER_BYTES = 56;
  private static final int SECTION_HEADER_BYTES = 64;
  private static final byte[] READ_ONLY_DATA = ".rodata\0".getBytes(StandardCharsets.US_ASCII);
  private static final int BANNER_WITHIN_BYTES = 64 << 10;
  private static final int MACHINE_X86_64 = 62;
  private static final int LOAD = 1;
  private static final int NOTE = 4;
  private static final int PHYS32_ENTRY = 18;
  private static final int XEN_NAME = 0x006e_6558; // "Xen\0"
  private static final int MOST_NOTE_BYTES = 1 << 20;
  private static final int MOST_PROGRAM_HEADERS = 256;

  /** A loadable segment: where it is in the file, where it goes, and how much of it is zeros. */
  record Load(long fileOffset, long gpa, long fileBytes, long memoryBytes) {}

  static boolean isElf(ByteBuffer head) { return head.remaining() >= 4 && head.getInt(0) == 0x464c_457f; }

  /** A kernel that must have a PVH note. */
  static ElfKernel parse(KernelFile file) {
    return parseIfEnterable(file).orElseThrow(() -> file.error("is an ELF file without a PVH note, so it has no entry "
        + "that this machine knows; build the kernel with CONFIG_PVH=y, or give its bzImage"));
  }

  /** A kernel, if it has a PVH note. */
  static Optional<ElfKernel> parseIfEnterable(KernelFile file) {
    ByteBuffer header = file.readOrNull(0, HEADER_BYTES);
    if (header == null) {
      throw file.error("is cut short: an ELF header has 64 bytes, and the file has " + file.sizeBytes());
    }
    if (!isElf(header)) {
      throw file.error("is no ELF file");
    }
    if (header.get(4) != 2 || header.get(5) != 1 || header.getShort(18) != MACHINE_X86_64) {
      throw file.error("is an ELF file for another machine; it must be 64-bit x86, little-endian");
    }
    int count = header.getShort(56) & 0xffff;
    if (header.getShort(54) != PROGRAM_HEADER_BYTES || count == 0 || count > MOST_PROGRAM_HEADERS) {
      throw file.error("has " + count + " ELF program headers; a vmlinux has 1 to " + MOST_PROGRAM_HEADERS);
    }
    ByteBuffer programs = file.readOrNull(header.getLong(32), count * PROGRAM_HEADER_BYTES);
    if (programs == null) {
      throw file.error("is cut short within its ELF program headers");
    }
    return parse(file, programs, count, header.getLong(24));
  }

  private static Optional<ElfKernel> parse(KernelFile file, ByteBuffer programs, int count,
      long entry64) {
    List<Load> loads = new ArrayList<>();
    long entry = -1;
    for (int i = 0; i < count; i++) {
      int at = i * PROGRAM_HEADER_BYTES;
      int type = programs.getInt(at);
      long offset = programs.getLong(at + 8);
      long physical = programs.getLong(at + 24);
      long fileBytes = programs.getLong(at + 32);
      long memoryBytes = programs.getLong(at + 40);
      if (type == LOAD && memoryBytes != 0) {
        if (offset < 0 || fileBytes < 0 || offset > file.sizeBytes() - fileBytes) {
          throw file.error("is cut short: segment " + i + " needs " + fileBytes + " bytes at " + offset
              + ", and the file has " + file.sizeBytes());
        }
        if (memoryBytes < fileBytes || physical < GuestLayout.BIOS_END || physical > 0xffff_ffffL - memoryBytes) {
          throw file.error("has a segment of " + memoryBytes + " bytes at physical 0x" + Long.toHexString(physical)
              + "; all must lie between 1 MiB and 4 GiB");
        }
        loads.add(new Load(offset, physical, fileBytes, memoryBytes));
      } else if (type == NOTE && entry < 0) {
        entry = findEntry(file, offset, fileBytes);
      }
    }
    if (loads.isEmpty()) {
      throw file.error("is an ELF file with nothing to load");
    }
    long at = entry;
    if (at >= 0 && !isLoaded(loads, at)) {
      throw file.error("has a PVH note that names the entry 0x" + Long.toHexString(at)
          + ", where nothing is loaded");
    }
    return entry < 0 ? Optional.empty() : Optional.of(new ElfKernel(entry, entry64, List.copyOf(loads)));
  }

  private static boolean isLoaded(List<Load> loads, long gpa) {
    return loads.stream().anyMatch(load -> gpa >= load.gpa && gpa < load.gpa + load.fileBytes);
  }

  /** The version, if the banner is where old kernels have it: in front of all other text, in init/version.o. */
  Optional<KernelVersion> version(KernelFile file) {
    ByteBuffer header = file.readOrNull(0, HEADER_BYTES);
    int count = header.getShort(60) & 0xffff;
    int namesAt = header.getShort(62) & 0xffff;
    ByteBuffer sections = header.getShort(58) != SECTION_HEADER_BYTES || namesAt >= count
        ? null
        : file.readOrNull(header.getLong(40), count * SECTION_HEADER_BYTES);
    if (sections == null) {
      return Optional.empty();
    }
    long names = sections.getLong(namesAt * SECTION_HEADER_BYTES + 24);
    for (int i = 0; i < count; i++) {
      int at = i * SECTION_HEADER_BYTES;
      ByteBuffer name = file.readOrNull(names + Integer.toUnsignedLong(sections.getInt(at)), READ_ONLY_DATA.length);
      if (name != null && name.equals(ByteBuffer.wrap(READ_ONLY_DATA))) {
        long length = Math.min(sections.getLong(at + 32), BANNER_WITHIN_BYTES);
        ByteBuffer part = length < 0 ? null : file.readOrNull(sections.getLong(at + 24), (int) length);
        return part == null ? Optional.empty() : KernelVersion.inBanner(part);
      }
    }
    return Optional.empty();
  }

  /** {@return whether it can be entered in long mode} */
  boolean hasEntry64() { return isLoaded(segments, entry64); }

  private static long findEntry(KernelFile file, long offset, long length) {
    ByteBuffer notes = length < 0 || length > MOST_NOTE_BYTES ? null : file.readOrNull(offset, (int) length);
    if (notes == null) {
      return -1;
    }
    int at = 0;
    while (at <= notes.limit() - 12) {
      int nameBytes = notes.getInt(at);
      int descriptionBytes = notes.getInt(at + 4);
      int type = notes.getInt(at + 8);
      if (nameBytes < 0 || descriptionBytes < 0) {
        return -1;
      }
      long description = at + 12L + align(nameBytes);
      long next = description + align(descriptionBytes);
      if (description + descriptionBytes > notes.limit()) {
        return -1;
      }
      if (type == PHYS32_ENTRY && nameBytes == 4 && notes.getInt(at + 12) == XEN_NAME && descriptionBytes >= 4) {
        return Integer.toUnsignedLong(notes.getInt((int) description));
      }
      at = (int) Math.min(next, Integer.MAX_VALUE);
    }
    return -1;
  }

  private static long align(int bytes) { return (bytes + 3L) & ~3L; }

  /** {@return the first address behind all segments} */
  long end() {
    return segments.stream().mapToLong(load -> load.gpa() + load.memoryBytes()).max().orElseThrow();
  }
}

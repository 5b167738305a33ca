package org.ballastvm.images;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Packages and modules that are small enough to read. */
final class Fixtures {
  private static final int SECTION_HEADER_BYTES = 64;

  private Fixtures() {}

  /** An ELF file with a section {@code .modinfo} and its names. */
  static byte[] module(String modinfo) {
    byte[] info = modinfo.getBytes(StandardCharsets.US_ASCII);
    byte[] names = "\0.modinfo\0.shstrtab\0".getBytes(StandardCharsets.US_ASCII);
    int namesAt = 64 + info.length;
    int headersAt = namesAt + names.length;
    ByteBuffer elf = ByteBuffer.allocate(headersAt + 3 * SECTION_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    elf.put(new byte[]{0x7f, 'E', 'L', 'F', 2, 1, 1});
    elf.putLong(0x28, headersAt).putShort(0x3a, (short) SECTION_HEADER_BYTES).putShort(0x3c, (short) 3)
        .putShort(0x3e, (short) 2);
    elf.put(64, info).put(namesAt, names);
    section(elf, headersAt + SECTION_HEADER_BYTES, 1, 64, info.length);
    section(elf, headersAt + 2 * SECTION_HEADER_BYTES, 10, namesAt, names.length);
    return elf.array();
  }

  private static void section(ByteBuffer elf, int at, int name, int offset, int size) {
    elf.putInt(at, name).putInt(at + 4, 1).putLong(at + 0x18, offset).putLong(at + 0x20, size);
  }

  /** A file that says its release as a bzImage does. */
  static byte[] bzImage(String release) {
    byte[] image = new byte[0x4000];
    System.arraycopy("HdrS".getBytes(StandardCharsets.US_ASCII), 0, image, 0x202, 4);
    image[0x20f] = 0x30;
    byte[] version = (release + " (someone@somewhere) #1\0").getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(version, 0, image, 0x3200, version.length);
    return image;
  }

  static byte[] xz(byte[] plain) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new XZOutputStream(packed, new LZMA2Options(0))) {
      out.write(plain);
    }
    return packed.toByteArray();
  }

  /** A package with some files, by their path as tar writes it. */
  static byte[] deb(Map<String, String> files) throws IOException {
    ByteArrayOutputStream tarBytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(tarBytes)) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return ar(Map.of("data.tar.xz", xz(tarBytes.toByteArray())));
  }

  static byte[] ar(Map<String, byte[]> members) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ArArchiveOutputStream ar = new ArArchiveOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        ar.putArchiveEntry(new ArArchiveEntry(member.getKey(), member.getValue().length));
        ar.write(member.getValue());
        ar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  static Path write(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }
}

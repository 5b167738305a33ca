package org.ballastvm.vmm.smbios;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * SMBIOS structures, one behind the other: a header, fields, and the texts that fields name by their number (SMBIOS 3.0,
 * 6.1). Numbers are little-endian.
 */
final class Structures {
  private static final int HEADER_BYTES = 4;
  private static final int NO_TEXT = 0;

  private final ByteArrayOutputStream all = new ByteArrayOutputStream();
  private final ByteArrayOutputStream fields = new ByteArrayOutputStream();
  private final List<String> texts = new ArrayList<>();

  /** A field of a byte. */
  Structures byteOf(int value) {
    fields.write(value);
    return this;
  }

  /** A field of two bytes. */
  Structures word(int value) { return byteOf(value).byteOf(value >> Byte.SIZE); }

  /** A field of four bytes. */
  Structures dword(long value) {
    return word((int) value).word((int) (value >> Short.SIZE));
  }

  /** A field of eight bytes. */
  Structures qword(long value) { return dword(value).dword(value >> Integer.SIZE); }

  /** A field of as many bytes as are zero. */
  Structures zeros(int count) {
    fields.writeBytes(new byte[count]);
    return this;
  }

  /** A field that names a text; an empty one is none. */
  Structures text(String text) {
    if (text.isEmpty()) {
      return byteOf(NO_TEXT);
    }
    texts.add(text);
    return byteOf(texts.size());
  }

  /** Ends a structure of the fields since the one before. */
  void end(int type, int handle) {
    byte[] body = fields.toByteArray();
    fields.reset();
    all.write(type);
    all.write(HEADER_BYTES + body.length);
    all.write(handle);
    all.write(handle >> Byte.SIZE);
    all.writeBytes(body);
    for (String text : texts) {
      all.writeBytes(text.getBytes(StandardCharsets.UTF_8));
      all.write(0);
    }
    if (texts.isEmpty()) {
      all.write(0);
    }
    all.write(0);
    texts.clear();
  }

  byte[] toBytes() { return all.toByteArray(); }
}

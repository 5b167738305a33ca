package org.ballastvm.vmm.boot;

import io.airlift.compress.v3.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Kernel files as a test wants them: right in every field, until the test writes another value into one. */
public final class KernelFiles {
  /** Where a bzImage of these is loaded. */
  public static final long LOADED_AT = 0x20_0000;
  /** Where a bzImage's code begins in the file: behind the boot sector and four more. */
  static final int CODE = 5 * 512;
  private static final int LZ4_BLOCK_BYTES = 8 << 20;

  private KernelFiles() {}

  /** How a kernel is packed. */
  @FunctionalInterface
  interface Packer {
    void pack(byte[] kernel, OutputStream into) throws IOException;
  }

  static void gzip(byte[] kernel, OutputStream into) throws IOException {
    try (OutputStream out = new GZIPOutputStream(into)) {
      out.write(kernel);
    }
  }

  static void xz(byte[] kernel, OutputStream into) throws IOException {
    try (OutputStream out = new XZOutputStream(into, new LZMA2Options(0))) {
      out.write(kernel);
    }
  }

  static void zstd(byte[] kernel, OutputStream into) throws IOException {
    try (OutputStream out = new ZstdOutputStream(into)) {
      out.write(kernel);
    }
  }

  static void lz4(byte[] kernel, OutputStream into) throws IOException {
    into.write(new byte[]{0x02, 0x21, 0x4c, 0x18});
    for (int at = 0; at < kernel.length; at += LZ4_BLOCK_BYTES) {
      ByteArrayOutputStream block = new ByteArrayOutputStream();
      try (OutputStream out = new BlockLZ4CompressorOutputStream(block)) {
        out.write(kernel, at, Math.min(LZ4_BLOCK_BYTES, kernel.length - at));
      }
      into.write(littleEndian(4).putInt(block.size()).array());
      block.writeTo(into);
    }
  }

  /** A packed kernel with its length behind it, as a kernel's build leaves it; gzip has the length already. */
  static byte[] packed(Packer packer, byte[] kernel) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    packer.pack(kernel, out);
    byte[] bytes = out.toByteArray();
    if (bytes[0] != 0x1f) {
      out.write(littleEndian(4).putInt(kernel.length).array());
    }
    return out.toByteArray();
  }

  /** A bzImage whose 64-bit entry is a given program. */
  public static byte[] bzImage(byte[] program) {
    return bzImage(program, new byte[0]);
  }

  /** A bzImage with a program at its 64-bit entry, and a packed kernel behind it. */
  static byte[] bzImage(byte[] program, byte[] payload) {
    int payloadOffset = 0x200 + program.length + 15 & -16;
    int codeBytes = Math.max(0x210, payloadOffset + payload.length + 15 & -16);
    byte[] image = new byte[CODE + codeBytes];
    ByteBuffer file = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    file.put(0x1f1, (byte) 4); // setup_sects
    file.putInt(0x1f4, codeBytes / 16); // syssize
    file.putShort(0x1fe, (short) 0xaa55); // boot_flag
    file.putShort(0x200, (short) 0x6aeb); // jump, over the header
    file.putInt(0x202, 0x5372_6448); // "HdrS"
    file.putShort(0x206, (short) 0x020f); // version
    file.put(0x211, (byte) 1); // loadflags: LOADED_HIGH
    file.putInt(0x22c, 0x7fff_ffff); // initrd_addr_max
    file.putInt(0x230, 0x20_0000); // kernel_alignment
    file.putShort(0x236, (short) 1); // xloadflags: XLF_KERNEL_64
    file.putInt(0x238, 2047); // cmdline_size
    file.putInt(0x248, payloadOffset);
    file.putInt(0x24c, payload.length);
    file.putLong(0x258, LOADED_AT); // pref_address
    file.putInt(0x260, codeBytes + 0x1_0000); // init_size
    file.put(CODE + 0x200, program).put(CODE + payloadOffset, payload);
    return image;
  }

  /** An ELF kernel of one segment at an address, entered at its first byte; with a PVH note, or without. */
  static byte[] elf(long address, byte[] code, boolean note) {
    int codeAt = 0x1000;
    byte[] kernel = new byte[codeAt + code.length];
    ByteBuffer file = ByteBuffer.wrap(kernel).order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(0, 0x464c_457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
    file.putShort(16, (short) 2).putShort(18, (short) 62); // ET_EXEC, EM_X86_64
    file.putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) (note ? 2 : 1)); // e_phoff, e_phentsize, e_phnum
    segment(file, 64, 1, codeAt, address, code.length);
    if (note) {
      segment(file, 64 + 56, 4, 0x200, 0, 20);
      file.putInt(0x200, 4).putInt(0x204, 4).putInt(0x208, 18).putInt(0x20c, 0x006e_6558);
      file.putInt(0x210, (int) address);
    }
    file.put(codeAt, code);
    return kernel;
  }

  private static void segment(ByteBuffer file, int at, int type, long offset, long address, long bytes) {
    file.putInt(at, type).putLong(at + 8, offset).putLong(at + 24, address);
    file.putLong(at + 32, bytes).putLong(at + 40, bytes);
  }

  static ByteBuffer littleEndian(int bytes) { return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN); }
}

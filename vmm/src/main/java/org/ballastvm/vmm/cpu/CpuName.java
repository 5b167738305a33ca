package org.ballastvm.vmm.cpu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.ballastvm.kvm.CpuidEntry;

/**
 * What a processor is called, as CPUID has it: up to 48 characters, in leaves 0x80000002 to 0x80000004.
 *
 * @param text of ASCII; what is longer is cut off, and an empty one is a processor without a name
 */
public record CpuName(String text) {
  private static final Path HOST = Path.of("/proc/cpuinfo");
  private static final String LABEL = "\nmodel name\t: ";
  /** The file has a section for each processor; the name is near the start of the first. */
  private static final int ENOUGH_BYTES = 1024;
  private static final int BYTES = 48;
  private static final int LEAF_BYTES = 16;

  /**
   * What the host's processor is called. KVM, asked what it supports, leaves it out.
   *
   * @return its name, empty where the host does not know it: a guest runs as well without one
   */
  public static CpuName ofHost() {
    try (InputStream file = Files.newInputStream(HOST)) {
      return readFrom(new String(file.readNBytes(ENOUGH_BYTES), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      return new CpuName("");
    }
  }

  /** The name in what the kernel says of processors. */
  static CpuName readFrom(String text) {
    int label = text.indexOf(LABEL);
    int start = label + LABEL.length();
    int end = text.indexOf('\n', start);
    return new CpuName(label < 0 || end < 0 ? "" : text.substring(start, end));
  }

  /** One of the three leaves, counted from 0, in place of one that says nothing; another stays as it is. */
  CpuidEntry fill(CpuidEntry leaf, int part) {
    if ((leaf.eax() | leaf.ebx() | leaf.ecx() | leaf.edx()) != 0) {
      return leaf;
    }
    byte[] padded = Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), BYTES);
    ByteBuffer bytes = ByteBuffer.wrap(padded, part * LEAF_BYTES, LEAF_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return new CpuidEntry(leaf.function(), leaf.index(), leaf.flags(), bytes.getInt(), bytes.getInt(), bytes.getInt(),
        bytes.getInt());
  }
}

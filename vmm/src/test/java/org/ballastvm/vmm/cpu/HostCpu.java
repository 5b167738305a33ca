package org.ballastvm.vmm.cpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.ballastvm.kvm.CpuidEntry;

/** Hosts' processors, as KVM_GET_SUPPORTED_CPUID describes them: each a file of leaves, in whose head is what it is. */
public enum HostCpu {
  SAPPHIRE_RAPIDS_CONFIG_ONLY, SAPPHIRE_RAPIDS_UNPERMITTED, SAPPHIRE_RAPIDS_PERMITTED, GENOA, MILAN, DESKTOP_39_BITS, K10, EXTENDED_TOPOLOGY;

  private static final int REGISTERS = 4;

  /** What KVM supports on such a host. */
  public List<CpuidEntry> supported() {
    String file = name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + ".txt";
    try (InputStream text = HostCpu.class.getResourceAsStream(file)) {
      return new String(text.readAllBytes(), StandardCharsets.US_ASCII).lines().filter(line -> !line.startsWith("#"))
          .map(HostCpu::leaf).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CpuidEntry leaf(String line) {
    String[] words = line.split(" +");
    String[] which = words[0].split("\\.");
    int[] answer = new int[REGISTERS];
    for (int i = 0; i < REGISTERS; i++) {
      answer[i] = Integer.parseUnsignedInt(words[i + 1], 16);
    }
    boolean indexed = which.length > 1;
    return new CpuidEntry(Integer.parseUnsignedInt(which[0], 16), indexed ? Integer.parseInt(which[1], 16) : 0,
        indexed ? CpuidEntry.FLAG_SIGNIFICANT_INDEX : 0, answer[0], answer[1], answer[2], answer[3]);
  }
}

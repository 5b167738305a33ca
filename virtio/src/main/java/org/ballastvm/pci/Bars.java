package org.ballastvm.pci;

/** Where the BARs of a function answer. The function's lock is held. */
final class Bars {
  private final PciConfigSpace config;
  private final int[] bytes = new int[PciConfigSpace.BARS];
  private final long[] mappedAt = new long[PciConfigSpace.BARS];

  /** None yet. */
  Bars(PciConfigSpace config) { this.config = config; }

  /** Declares one, of a power of two bytes, at least 16. */
  void declare(int bar, int sizeBytes) {
    bytes[bar] = sizeBytes;
    config.allow(PciConfigSpace.BAR_0 + 4 * bar, 4, -sizeBytes);
  }

  /** The size of one, 0 if there is none. */
  int bytes(int bar) { return bytes[bar]; }

  /** Where one answers, 0 if it does not. */
  long mappedAt(int bar) { return mappedAt[bar]; }

  /** Has them answer where the guest has put them, or nowhere. */
  void remap(PciHost host, boolean decoding) {
    for (int bar = 0; bar < bytes.length; bar++) {
      if (bytes[bar] == 0) {
        continue;
      }
      long base = decoding ? Integer.toUnsignedLong(config.get32(PciConfigSpace.BAR_0 + 4 * bar)) : 0;
      if (base != mappedAt[bar]) {
        if (mappedAt[bar] != 0) {
          host.barUnmapped(bar, mappedAt[bar]);
        }
        mappedAt[bar] = base;
        if (base != 0) {
          host.barMapped(bar, base);
        }
      }
    }
  }
}

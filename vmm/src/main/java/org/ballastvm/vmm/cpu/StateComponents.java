package org.ballastvm.vmm.cpu;

import static org.ballastvm.vmm.config.CpuFeature.Register.EAX;
import static org.ballastvm.vmm.config.CpuFeature.Register.EBX;
import static org.ballastvm.vmm.config.CpuFeature.Register.ECX;
import static org.ballastvm.vmm.config.CpuFeature.Register.EDX;

import org.ballastvm.vmm.config.CpuFeature.Register;

/**
 * Keeps what XSAVE saves and the features whose state that is in step: a guest that finds one without the other fails in
 * XSETBV, or does without.
 *
 * <p>
 * Source: Intel SDM volume 1, 13.2 to 13.5, and volume 2A, CPUID, leaves 0x0d, 0x1d and 0x1e.
 */
final class StateComponents {
  private static final int XSAVE = 0xd;
  private static final int FEATURES = 1;
  private static final int MORE_FEATURES = 7;
  private static final int TILES = 0x1d;
  private static final int TILE_MATH = 0x1e;

  /** The legacy area and the header, which are always there: Intel SDM volume 1, 13.4. */
  private static final int LEAST_BYTES = 576;
  private static final int FIRST_EXTENDED = 2;
  private static final int LAST = 31;

  private static final int HAS_XSAVE = 1 << 26;
  private static final int HAS_AVX = 1 << 28;
  private static final int HAS_MPX = 1 << 14;
  private static final int HAS_AVX512 = 1 << 16;
  private static final int HAS_PKU = 1 << 3;
  private static final int HAS_TILE = 1 << 24;
  private static final int HAS_APX = 1 << 21;

  private static final int AVX = 1 << 2;
  private static final int MPX = 3 << 3;
  private static final int AVX512 = 7 << 5;
  private static final int PKRU = 1 << 9;
  private static final int TILE = 3 << 17;
  private static final int APX = 1 << 19;

  private StateComponents() {}

  static void reconcile(CpuidTable table) {
    if (!table.has(FEATURES, 0, ECX, HAS_XSAVE)) {
      table.zero(XSAVE);
    }
    int all = table.word(XSAVE, 0, EAX);
    int kept = all;
    kept &= table.has(FEATURES, 0, ECX, HAS_AVX) ? -1 : ~AVX;
    kept &= table.has(MORE_FEATURES, 0, EBX, HAS_MPX) ? -1 : ~MPX;
    kept &= table.has(MORE_FEATURES, 0, EBX, HAS_AVX512) ? -1 : ~AVX512;
    kept &= table.has(MORE_FEATURES, 0, ECX, HAS_PKU) ? -1 : ~PKRU;
    kept &= table.has(MORE_FEATURES, 1, EDX, HAS_APX) ? -1 : ~APX;
    // Linux 5.17 to 6.3 reports XTILECFG without XTILEDATA to a process that has not asked for tiles.
    if (!table.has(MORE_FEATURES, 0, EDX, HAS_TILE) || (kept & TILE) != TILE) {
      kept &= ~TILE;
      dropTiles(table);
    }
    if (kept != all) {
      keep(table, kept);
    }
  }

  private static void dropTiles(CpuidTable table) {
    table.clear(MORE_FEATURES, 0, EDX, HAS_TILE | 1 << 22 | 1 << 25); // AMX_BF16, AMX_INT8
    table.clear(MORE_FEATURES, 1, EAX, 1 << 21); // AMX_FP16
    table.clear(MORE_FEATURES, 1, EDX, 1 << 8); // AMX_COMPLEX
    table.zero(TILES);
    table.zero(TILE_MATH);
  }

  private static void keep(CpuidTable table, int components) {
    table.set(XSAVE, 0, EAX, components);
    int bytes = LEAST_BYTES;
    for (int i = FIRST_EXTENDED; i <= LAST; i++) {
      boolean user = !table.has(XSAVE, i, ECX, 1);
      if ((components & 1 << i) != 0) {
        bytes = Math.max(bytes, table.word(XSAVE, i, EBX) + table.word(XSAVE, i, Register.EAX));
      } else if (user) {
        table.remove(XSAVE, i);
      }
    }
    if (components != 0) {
      table.set(XSAVE, 0, ECX, bytes);
    }
  }
}

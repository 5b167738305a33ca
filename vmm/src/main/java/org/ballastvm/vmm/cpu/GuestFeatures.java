package org.ballastvm.vmm.cpu;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.kvm.CpuidEntry;
import org.ballastvm.vmm.config.CpuFeature;
import org.ballastvm.vmm.config.CpuFeature.Register;
import org.ballastvm.vmm.config.CpuModel;

/** What of the host's CPUID a guest gets: what goes together, less what the user does not want it to have. */
final class GuestFeatures {
  private static final int PERFORMANCE = 0xa;
  private static final int INTEL_PT = 0x14;
  private static final int SGX = 0x12;
  private static final int SVM = 0x8000_000a;
  private static final int AMD_PERFORMANCE = 0x8000_0022;

  private final CpuModel model;

  GuestFeatures(CpuModel model) { this.model = model; }

  /** The host's table without what is unwanted. */
  List<CpuidEntry> of(List<CpuidEntry> host) {
    CpuidTable table = new CpuidTable(host);
    if (isLess()) {
      takeAway(table);
    }
    StateComponents.reconcile(table);
    return table.leaves();
  }

  /** A guest's table, to which some was added that it has on any host, without what is unwanted. */
  List<CpuidEntry> without(List<CpuidEntry> leaves) {
    if (!isLess()) {
      return leaves;
    }
    CpuidTable table = new CpuidTable(leaves);
    takeAway(table);
    return table.leaves();
  }

  /** What was asked for and is not there, in QEMU's words. */
  List<String> missing(List<CpuidEntry> host) {
    List<String> missing = new ArrayList<>();
    if (!model.wanted().isEmpty()) {
      CpuidTable table = new CpuidTable(host);
      model.wanted().forEach((name, bits) -> {
        if (bits.stream().noneMatch(bit -> table.has(bit.function(), bit.index(), bit.register(), bit.mask()))) {
          missing.add(name + ", " + bits.getFirst().place());
        }
      });
    }
    return missing;
  }

  private boolean isLess() { return !model.without().isEmpty() || !model.pmu(); }

  private void takeAway(CpuidTable table) {
    for (CpuFeature bit : model.without()) {
      table.clear(bit.function(), bit.index(), bit.register(), bit.mask());
    }
    if (!model.pmu()) {
      table.zero(PERFORMANCE);
      table.zero(AMD_PERFORMANCE);
    }
    zeroUnless(table, 7, Register.EBX, 1 << 25, INTEL_PT);
    zeroUnless(table, 7, Register.EBX, 1 << 2, SGX);
    zeroUnless(table, 0x8000_0001, Register.ECX, 1 << 2, SVM);
  }

  private static void zeroUnless(CpuidTable table, int function, Register register, int bit, int described) {
    if (!table.has(function, 0, register, bit)) {
      table.zero(described);
    }
  }
}

package org.ballastvm.vmm.cpu;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.kvm.CpuidEntry;
import org.ballastvm.vmm.config.CpuFeature.Register;

/** Leaves of CPUID that are being changed. */
final class CpuidTable {
  private final List<CpuidEntry> leaves;

  CpuidTable(List<CpuidEntry> leaves) { this.leaves = new ArrayList<>(leaves); }

  List<CpuidEntry> leaves() { return leaves; }

  /** What a register answers; 0 for a leaf that is not in the table. */
  int word(int function, int index, Register register) {
    int at = find(function, index);
    return at < 0 ? 0 : word(leaves.get(at), register);
  }

  boolean has(int function, int index, Register register, int bits) {
    return (word(function, index, register) & bits) == bits;
  }

  void set(int function, int index, Register register, int value) {
    int at = find(function, index);
    if (at >= 0) {
      leaves.set(at, with(leaves.get(at), register, value));
    }
  }

  void clear(int function, int index, Register register, int bits) {
    set(function, index, register, word(function, index, register) & ~bits);
  }

  /** Answers nothing, in any subleaf. */
  void zero(int function) {
    leaves.replaceAll(leaf -> leaf.function() == function
        ? new CpuidEntry(function, leaf.index(), leaf.flags(), 0, 0, 0, 0)
        : leaf);
  }

  void remove(int function, int index) {
    leaves.removeIf(leaf -> leaf.function() == function && leaf.index() == index);
  }

  private int find(int function, int index) {
    for (int i = 0; i < leaves.size(); i++) {
      CpuidEntry leaf = leaves.get(i);
      if (leaf.function() == function && leaf.index() == index) {
        return i;
      }
    }
    return -1;
  }

  private static int word(CpuidEntry leaf, Register register) {
    return switch (register) {
      case EAX -> leaf.eax();
      case EBX -> leaf.ebx();
      case ECX -> leaf.ecx();
      case EDX -> leaf.edx();
    };
  }

  private static CpuidEntry with(CpuidEntry leaf, Register register, int value) {
    return new CpuidEntry(leaf.function(), leaf.index(), leaf.flags(), register == Register.EAX ? value : leaf.eax(),
        register == Register.EBX ? value : leaf.ebx(), register == Register.ECX ? value : leaf.ecx(),
        register == Register.EDX ? value : leaf.edx());
  }
}

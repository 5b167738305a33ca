package org.ballastvm.vmm.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.ballastvm.kvm.CpuidEntry;
import org.ballastvm.vmm.config.CpuModel;

/**
 * What a guest reads by CPUID: what KVM supports on this host ({@code -cpu host}), with the guest's own topology.
 *
 * <p>
 * Source: Intel SDM volume 2, CPUID; AMD APM volume 3, appendix E; Documentation/virt/kvm/x86/cpuid.rst.
 */
public final class GuestCpuid {
  private static final int VENDOR = 0;
  private static final int FEATURES = 1;
  private static final int CACHES = 4;
  private static final int TOPOLOGY = 0xb;
  private static final int TOPOLOGY_V2 = 0x1f;
  private static final int KVM_FEATURES = 0x4000_0001;
  private static final int AMD_FEATURES = 0x8000_0001;
  private static final int NAME = 0x8000_0002;
  private static final int ADDRESS_SIZES = 0x8000_0008;
  private static final int AMD_CACHES = 0x8000_001d;
  private static final int AMD_TOPOLOGY = 0x8000_001e;
  private static final int AMD_TOPOLOGY_V2 = 0x8000_0026;

  private static final int EBX_AMD = 0x6874_7541; // "Auth"enticAMD
  private static final int EBX_HYGON = 0x6f67_7948; // "Hygo"nGenuine
  private static final int ECX_X2APIC = 1 << 21;
  private static final int ECX_TSC_DEADLINE = 1 << 24;
  private static final int ECX_HYPERVISOR = 1 << 31;
  private static final int EDX_HYPERTHREADING = 1 << 28;
  private static final int ECX_AMD_COMPATIBILITY_MODE = 1 << 1;
  private static final int LEVEL_THREAD = 1;
  private static final int LEVEL_CORE = 2;
  /** Levels of leaf 0x80000026; below them is the core, of the same number as above a thread's. */
  private static final int LEVEL_COMPLEX = 2;
  private static final int LEVEL_SOCKET = 4;

  private final List<CpuidEntry> host;
  private final GuestFeatures guestFeatures;
  private final CpuName name;
  private final CpuTopology topology;
  private final boolean tscDeadlineTimer;
  private final boolean amd;

  /**
   * A guest's CPUID.
   *
   * @param host what KVM supports
   * @param name what the processor is called
   * @param topology how vCPUs are grouped
   * @param tscDeadlineTimer whether the in-kernel LAPIC has that timer
   */
  public GuestCpuid(List<CpuidEntry> host, CpuName name, CpuTopology topology, boolean tscDeadlineTimer) {
    this(host, name, topology, tscDeadlineTimer, CpuModel.HOST);
  }

  /**
   * The CPUID of a guest that does not get all that the host has.
   *
   * @param host what KVM supports
   * @param name what the processor is called
   * @param topology how vCPUs are grouped
   * @param tscDeadlineTimer whether the in-kernel LAPIC has that timer
   * @param model what the guest gets
   */
  public GuestCpuid(List<CpuidEntry> host, CpuName name, CpuTopology topology, boolean tscDeadlineTimer,
      CpuModel model) {
    this.guestFeatures = new GuestFeatures(model);
    this.host = guestFeatures.of(host);
    this.name = name;
    this.topology = topology;
    this.tscDeadlineTimer = tscDeadlineTimer;
    this.amd = host.stream().anyMatch(leaf -> leaf.function() == VENDOR
        && (leaf.ebx() == EBX_AMD || leaf.ebx() == EBX_HYGON));
  }

  /**
   * What was asked for and is not there.
   *
   * @param given what KVM supports
   * @param model what was asked for
   * @return features, each with its place in CPUID
   */
  public static List<String> missing(List<CpuidEntry> given, CpuModel model) {
    return new GuestFeatures(model).missing(given);
  }

  /**
   * How far a guest's physical addresses reach: as far as the processor's own, or less where nested paging walks fewer
   * levels, which KVM reports since Linux 6.10.
   *
   * @param given what KVM supports
   * @return bits of an address; empty where KVM does not report it
   */
  public static OptionalInt addressBits(List<CpuidEntry> given) {
    for (CpuidEntry leaf : given) {
      if (leaf.function() == ADDRESS_SIZES) {
        int ofGuests = leaf.eax() >> 16 & 0xff;
        int bits = ofGuests == 0 ? leaf.eax() & 0xff : ofGuests;
        return bits == 0 ? OptionalInt.empty() : OptionalInt.of(bits);
      }
    }
    return OptionalInt.empty();
  }

  /**
   * The table of one vCPU.
   *
   * @param index of the vCPU
   * @return its leaves
   */
  public List<CpuidEntry> forVcpu(int index) {
    int apicId = topology.apicId(index);
    List<CpuidEntry> leaves = new ArrayList<>();
    for (CpuidEntry leaf : host) {
      switch (leaf.function()) {
        case FEATURES -> leaves.add(features(leaf, apicId));
        case CACHES -> leaves.add(intelCaches(leaf));
        case TOPOLOGY, TOPOLOGY_V2, AMD_TOPOLOGY_V2 -> {
          // Replaced whole below.
        }
        case KVM_FEATURES -> leaves.add(leaf);
        case AMD_FEATURES -> leaves.add(amdFeatures(leaf));
        case NAME, NAME + 1, NAME + 2 -> leaves.add(name.fill(leaf, leaf.function() - NAME));
        case ADDRESS_SIZES -> leaves.add(amd
            ? with(leaf, leaf.eax(), leaf.ebx(), topology.packageBits() << 12 | topology.threadsPerPackage() - 1,
                leaf.edx())
            : leaf);
        case AMD_CACHES -> leaves.add(amdCaches(leaf));
        case AMD_TOPOLOGY -> leaves.add(with(leaf, apicId,
            topology.threads() - 1 << 8 | index / topology.threads() % topology.cores() & 0xff,
            index / topology.threadsPerPackage() & 0xff,
            0));
        default -> leaves.add(leaf);
      }
    }
    addTopology(leaves, TOPOLOGY, apicId);
    if (hostHas(TOPOLOGY_V2)) {
      addTopology(leaves, TOPOLOGY_V2, apicId);
    }
    if (hostHas(AMD_TOPOLOGY_V2)) {
      addAmdTopology(leaves, apicId);
    }
    return guestFeatures.without(leaves);
  }

  private boolean hostHas(int function) {
    for (CpuidEntry leaf : host) {
      if (leaf.function() == function) {
        return true;
      }
    }
    return false;
  }

  private CpuidEntry features(CpuidEntry leaf, int apicId) {
    int logical = topology.threadsPerPackage();
    int ids = Math.min(255, 1 << topology.packageBits()); // APIC ids that a package may use, not processors it has.
    int ebx = leaf.ebx() & 0xffff | ids << 16 | apicId << 24;
    int ecx = leaf.ecx() | ECX_HYPERVISOR | ECX_X2APIC | (tscDeadlineTimer ? ECX_TSC_DEADLINE : 0);
    int edx = logical > 1 ? leaf.edx() | EDX_HYPERTHREADING : leaf.edx() & ~EDX_HYPERTHREADING;
    return with(leaf, leaf.eax(), ebx, ecx, edx);
  }

  /** CmpLegacy says on AMD that a package has several cores; on Intel the bit is reserved, and Linux believes it. */
  private CpuidEntry amdFeatures(CpuidEntry leaf) {
    boolean several = amd && topology.threadsPerPackage() > 1;
    int ecx = several ? leaf.ecx() | ECX_AMD_COMPATIBILITY_MODE : leaf.ecx() & ~ECX_AMD_COMPATIBILITY_MODE;
    return with(leaf, leaf.eax(), leaf.ebx(), ecx, leaf.edx());
  }

  private CpuidEntry intelCaches(CpuidEntry leaf) {
    int type = leaf.eax() & 0x1f;
    if (type == 0) {
      return leaf;
    }
    int level = leaf.eax() >> 5 & 7;
    int sharing = level < 3 ? 1 << topology.threadBits() : 1 << topology.packageBits();
    int coresField = (1 << topology.packageBits() - topology.threadBits()) - 1;
    int eax = leaf.eax() & 0x3fff | sharing - 1 << 14 | coresField << 26;
    return with(leaf, eax, leaf.ebx(), leaf.ecx(), leaf.edx());
  }

  private CpuidEntry amdCaches(CpuidEntry leaf) {
    if ((leaf.eax() & 0x1f) == 0) {
      return leaf;
    }
    int level = leaf.eax() >> 5 & 7;
    int sharing = level < 3 ? topology.threads() : topology.threadsPerPackage();
    return with(leaf, leaf.eax() & ~(0xfff << 14) | sharing - 1 << 14, leaf.ebx(), leaf.ecx(), leaf.edx());
  }

  private void addTopology(List<CpuidEntry> leaves, int function, int apicId) {
    leaves.add(level(function, 0, topology.threadBits(), topology.threads(), LEVEL_THREAD, apicId));
    leaves.add(level(function, 1, topology.packageBits(), topology.threadsPerPackage(), LEVEL_CORE, apicId));
    leaves.add(level(function, 2, 0, 0, 0, apicId));
  }

  /** AMD APM volume 3, E.4.24: a complex is a package here, and so is a socket. */
  private void addAmdTopology(List<CpuidEntry> leaves, int apicId) {
    int function = AMD_TOPOLOGY_V2;
    leaves.add(level(function, 0, topology.threadBits(), topology.threads(), LEVEL_THREAD, apicId));
    leaves.add(level(function, 1, topology.packageBits(), topology.threadsPerPackage(), LEVEL_COMPLEX, apicId));
    leaves.add(level(function, 2, topology.packageBits(), topology.threadsPerPackage(), LEVEL_SOCKET, apicId));
    leaves.add(level(function, 3, 0, 0, 0, apicId));
  }

  private static CpuidEntry level(int function, int index, int shift, int count, int type, int apicId) {
    return new CpuidEntry(function, index, CpuidEntry.FLAG_SIGNIFICANT_INDEX, shift, count, type << 8 | index, apicId);
  }

  private static CpuidEntry with(CpuidEntry leaf, int eax, int ebx, int ecx, int edx) {
    return new CpuidEntry(leaf.function(), leaf.index(), leaf.flags(), eax, ebx, ecx, edx);
  }
}

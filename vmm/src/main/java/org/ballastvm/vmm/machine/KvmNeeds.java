package org.ballastvm.vmm.machine;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.kvm.CpuidEntry;
import org.ballastvm.kvm.Kvm;
import org.ballastvm.kvm.KvmCap;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.cpu.GuestCpuid;

/** What a machine needs of the host's KVM, and what it had better have. */
final class KvmNeeds {
  private static final List<KvmCap> ALL = List.of(KvmCap.IRQCHIP, KvmCap.USER_MEMORY, KvmCap.EXT_CPUID, KvmCap.PIT2,
      KvmCap.IRQFD, KvmCap.IOEVENTFD, KvmCap.IRQ_ROUTING, KvmCap.IMMEDIATE_EXIT);

  private KvmNeeds() {}

  static void check(Kvm kvm) {
    for (KvmCap needed : ALL) {
      if (kvm.checkExtension(needed) <= 0) {
        throw new UserError(Kvm.DEVICE + ": this host's KVM lacks KVM_CAP_" + needed.name()
            + ", which every machine here needs; Linux has it since 4.11, unless it was built without "
            + "(CONFIG_KVM_IOAPIC for the interrupt controllers and the PIT)");
      }
    }
  }

  /**
   * What a host lacks that was asked for, but can do without, in QEMU's words.
   *
   * @throws UserError if it is not to do without
   */
  static List<String> warnings(Kvm kvm, List<CpuidEntry> supported, CpuConfig cpus) {
    List<String> warnings = new ArrayList<>();
    int advised = kvm.checkExtension(KvmCap.NR_VCPUS);
    if (cpus.count() > advised) {
      warnings.add("Number of SMP cpus requested (" + cpus.count()
          + ") exceeds the recommended cpus supported by KVM (" + advised + ")");
    }
    List<String> missing = GuestCpuid.missing(supported, cpus.model());
    if (!missing.isEmpty() && cpus.model().enforce()) {
      throw new UserError("-cpu enforce: Host doesn't support requested features: " + String.join("; ", missing));
    }
    for (String feature : missing) {
      warnings.add("host doesn't support requested feature: " + feature);
    }
    return warnings;
  }
}

package org.ballastvm.vmm.machine;

import java.util.List;
import org.ballastvm.kvm.CpuidEntry;
import org.ballastvm.kvm.Kvm;
import org.ballastvm.kvm.KvmCap;
import org.ballastvm.vmm.Log;
import org.ballastvm.vmm.config.CpuModel;
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

  /** QEMU's warning, where KVM would take more than it advises. */
  static void adviseOn(int vcpus, Kvm kvm) {
    int advised = kvm.checkExtension(KvmCap.NR_VCPUS);
    if (vcpus > advised) {
      Log.of(KvmNeeds.class).warn(
          "Number of SMP cpus requested ({}) exceeds the recommended cpus supported by KVM ({})",
          vcpus, advised);
    }
  }

  /** What was asked for by name, and the host's processor or KVM lacks. */
  static void checkFeatures(List<CpuidEntry> supported, CpuModel model) {
    List<String> missing = GuestCpuid.missing(supported, model);
    if (!missing.isEmpty() && model.enforce()) {
      throw new UserError("-cpu enforce: Host doesn't support requested features: " + String.join("; ", missing));
    }
    for (String feature : missing) {
      Log.of(KvmNeeds.class).warn("host doesn't support requested feature: {}", feature);
    }
  }
}

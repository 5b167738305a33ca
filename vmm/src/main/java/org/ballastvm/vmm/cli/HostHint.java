package org.ballastvm.vmm.cli;

import java.util.List;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;

/** What to do about what a host refused. */
final class HostHint {
  private static final List<String> INTERRUPT_CONTROLLERS = List.of("KVM_CREATE_IRQCHIP", "KVM_CREATE_PIT2");

  private HostHint() {}

  /** The end of the sentence; empty where there is nothing to advise. */
  static String of(HostError error) {
    String operation = error.operation();
    if (operation.contains("/dev/kvm")) {
      return ofDevice(error.errno());
    }
    if (operation.equals("KVM_CREATE_VM")) {
      return ofVm(error.errno());
    }
    boolean unknown = error.errno().equals(Errno.ENOTTY) || error.errno().equals(Errno.EINVAL);
    return INTERRUPT_CONTROLLERS.contains(operation) && unknown
        ? ": this host's kernel was built without KVM's interrupt controllers (CONFIG_KVM_IOAPIC, Linux 6.17 and later);"
            + " boot one that has them"
        : "";
  }

  private static String ofDevice(Errno errno) {
    if (errno.equals(Errno.EACCES) || errno.equals(Errno.EPERM)) {
      return ": add yourself to group kvm (sudo usermod -aG kvm $USER), and log in again";
    }
    if (errno.equals(Errno.ENOTTY)) {
      return ": that file is something else than KVM's device; a container may have been given it by mistake";
    }
    return isAbsent(errno)
        ? ": load kvm_intel or kvm_amd, and enable virtualization in the firmware; 'ballast doctor' says more, and"
            + " 'ballast rig -- ballast ...' runs it on an emulated machine that has one"
        : "";
  }

  private static String ofVm(Errno errno) {
    if (errno.equals(Errno.EBUSY)) {
      return ": another hypervisor, such as VirtualBox or VMware, has the processor's virtualization;"
          + " end its machines, or unload its module";
    }
    return isAbsent(errno) || errno.equals(Errno.EIO) || errno.equals(Errno.EOPNOTSUPP)
        ? ": the firmware keeps virtualization (VT-x, AMD-V) off or locked; enable it there, and switch the host off and on"
        : "";
  }

  private static boolean isAbsent(Errno errno) {
    return errno.equals(Errno.ENOENT) || errno.equals(Errno.ENODEV) || errno.equals(Errno.ENXIO);
  }
}

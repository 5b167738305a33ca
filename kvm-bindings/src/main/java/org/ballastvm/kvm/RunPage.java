package org.ballastvm.kvm;

import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.kvm_run;

/** Where the fields of {@code struct kvm_run} are, as jextract found them in linux/kvm.h. */
final class RunPage {
  static final long IMMEDIATE_EXIT = kvm_run.immediate_exit$offset();
  static final long EXIT_REASON = kvm_run.exit_reason$offset();

  static final long IO_DIRECTION = kvm_run.io$offset() + kvm_run.io.direction$offset();
  static final long IO_SIZE = kvm_run.io$offset() + kvm_run.io.size$offset();
  static final long IO_PORT = kvm_run.io$offset() + kvm_run.io.port$offset();
  static final long IO_COUNT = kvm_run.io$offset() + kvm_run.io.count$offset();
  static final long IO_DATA_OFFSET = kvm_run.io$offset() + kvm_run.io.data_offset$offset();
  static final int IO_OUT = Host.KVM_EXIT_IO_OUT();

  static final long MMIO_ADDRESS = kvm_run.mmio$offset() + kvm_run.mmio.phys_addr$offset();
  static final long MMIO_DATA = kvm_run.mmio$offset() + kvm_run.mmio.data$offset();
  static final long MMIO_LENGTH = kvm_run.mmio$offset() + kvm_run.mmio.len$offset();
  static final long MMIO_IS_WRITE = kvm_run.mmio$offset() + kvm_run.mmio.is_write$offset();

  static final long SYSTEM_EVENT_TYPE = kvm_run.system_event$offset() + kvm_run.system_event.type$offset();
  static final long FAIL_ENTRY_REASON = kvm_run.fail_entry$offset()
      + kvm_run.fail_entry.hardware_entry_failure_reason$offset();
  static final long INTERNAL_SUBERROR = kvm_run.internal$offset() + kvm_run.internal.suberror$offset();
  static final long INTERNAL_COUNT = kvm_run.internal$offset() + kvm_run.internal.ndata$offset();
  static final long INTERNAL_DATA = kvm_run.internal$offset() + kvm_run.internal.data$offset();

  private RunPage() {}
}

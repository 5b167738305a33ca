package org.ballastvm.kvm;

import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.kvm_run;

/** Where the fields of {@code struct kvm_run} are, linux/kvm.h. */
final class RunPage {
  static final long IMMEDIATE_EXIT = kvm_run.immediate_exit;
  static final long EXIT_REASON = kvm_run.exit_reason;

  /** Of eight bytes: direction, size, port in two, count in four. */
  static final long IO_DIRECTION = kvm_run.io_.direction;
  static final long IO_DATA_OFFSET = kvm_run.io_.data_offset;
  static final int IO_OUT = Host.KVM_EXIT_IO_OUT();

  static final long MMIO_ADDRESS = kvm_run.mmio_.phys_addr;
  static final long MMIO_DATA = kvm_run.mmio_.data;
  /** Of five bytes: len in four, is_write. */
  static final long MMIO_LENGTH = kvm_run.mmio_.len;

  static final long SYSTEM_EVENT_TYPE = kvm_run.system_event_.type;
  static final long FAIL_ENTRY_REASON = kvm_run.fail_entry_.hardware_entry_failure_reason;
  static final long INTERNAL_SUBERROR = kvm_run.internal_.suberror;
  static final long INTERNAL_COUNT = kvm_run.internal_.ndata;
  static final long INTERNAL_DATA = kvm_run.internal_.data;

  private RunPage() {}
}

package org.ballastvm.kvm;

import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.kvm_debug_exit_arch;
import org.ballastvm.kvm.generated.Offsets.kvm_run;

/**
 * Where the fields of {@code struct kvm_run} are, linux/kvm.h. The page is used as a buffer: until a guest has caused enough
 * exits for its way to be compiled, an access to a segment takes the JVM twice as long.
 */
final class RunPage {
  static final int IMMEDIATE_EXIT = (int) kvm_run.immediate_exit;
  static final int EXIT_REASON = (int) kvm_run.exit_reason;

  /** Of eight bytes: direction, size, port in two, count in four. */
  static final int IO_DIRECTION = (int) kvm_run.io_.direction;
  static final int IO_DATA_OFFSET = (int) kvm_run.io_.data_offset;
  static final int IO_OUT = Host.KVM_EXIT_IO_OUT();

  static final int MMIO_ADDRESS = (int) kvm_run.mmio_.phys_addr;
  static final int MMIO_DATA = (int) kvm_run.mmio_.data;
  /** Of five bytes: len in four, is_write. */
  static final int MMIO_LENGTH = (int) kvm_run.mmio_.len;

  static final int DEBUG_EXCEPTION = (int) (kvm_run.debug_.arch + kvm_debug_exit_arch.exception);
  static final int DEBUG_PC = (int) (kvm_run.debug_.arch + kvm_debug_exit_arch.pc);
  static final int DEBUG_DR6 = (int) (kvm_run.debug_.arch + kvm_debug_exit_arch.dr6);

  static final int SYSTEM_EVENT_TYPE = (int) kvm_run.system_event_.type;
  static final int FAIL_ENTRY_REASON = (int) kvm_run.fail_entry_.hardware_entry_failure_reason;
  static final int INTERNAL_SUBERROR = (int) kvm_run.internal_.suberror;
  static final int INTERNAL_COUNT = (int) kvm_run.internal_.ndata;
  static final int INTERNAL_DATA = (int) kvm_run.internal_.data;

  private RunPage() {}
}

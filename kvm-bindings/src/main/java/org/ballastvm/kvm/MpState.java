package org.ballastvm.kvm;

import org.ballastvm.kvm.generated.Host;

/** What a vCPU does when it is run: {@code KVM_MP_STATE_*} of linux/kvm.h, those of x86. */
public enum MpState {
  /** It executes. */
  RUNNABLE(Host.KVM_MP_STATE_RUNNABLE()),
  /** It waits to be started by another vCPU. */
  UNINITIALIZED(Host.KVM_MP_STATE_UNINITIALIZED()),
  /** It was initialized by another vCPU, and waits for the address to start at. */
  INIT_RECEIVED(Host.KVM_MP_STATE_INIT_RECEIVED()),
  /** It has halted, and waits for an interrupt. */
  HALTED(Host.KVM_MP_STATE_HALTED()),
  /** It was given the address to start at. */
  SIPI_RECEIVED(Host.KVM_MP_STATE_SIPI_RECEIVED());

  final int code;

  MpState(int code) { this.code = code; }

  static MpState of(int code) {
    for (MpState state : values()) {
      if (state.code == code) {
        return state;
      }
    }
    throw new HostError("KVM_GET_MP_STATE answers " + code + ", which is no state of an x86 processor", Errno.EINVAL);
  }
}

package org.ballastvm.kvm;

/**
 * The debug registers of a vCPU: {@code struct kvm_debugregs}, asm/kvm.h.
 *
 * @param dr0 address
 * @param dr1 address
 * @param dr2 address
 * @param dr3 address
 * @param dr6 status
 * @param dr7 control
 */
public record DebugRegisters(long dr0, long dr1, long dr2, long dr3, long dr6, long dr7) {}

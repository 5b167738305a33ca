package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get64;
import static org.ballastvm.kvm.Fields.set64;

import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.generated.Offsets.kvm_debugregs;

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
public record DebugRegisters(long dr0, long dr1, long dr2, long dr3, long dr6, long dr7) {
  static DebugRegisters read(MemorySegment d) {
    long db = kvm_debugregs.db;
    return new DebugRegisters(get64(d, db), get64(d, db + 8), get64(d, db + 16), get64(d, db + 24),
        get64(d, kvm_debugregs.dr6), get64(d, kvm_debugregs.dr7));
  }

  void write(MemorySegment d) {
    long db = kvm_debugregs.db;
    set64(d, db, dr0);
    set64(d, db + 8, dr1);
    set64(d, db + 16, dr2);
    set64(d, db + 24, dr3);
    set64(d, kvm_debugregs.dr6, dr6);
    set64(d, kvm_debugregs.dr7, dr7);
  }
}

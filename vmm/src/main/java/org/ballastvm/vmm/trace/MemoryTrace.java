package org.ballastvm.vmm.trace;

import org.ballastvm.vmm.config.BackendConfig;

/** Memory that comes and goes other than by discards. */
public final class MemoryTrace {
  private MemoryTrace() {}

  /** KVM was given a range of guest memory. */
  public static void slotAdded(int slot, long gpa, long sizeBytes) {
    if (TraceEvent.MEMORY_SLOT.isOn()) {
      TraceEvent.MEMORY_SLOT.print("slot=%d gpa=0x%x bytes=%d", slot, gpa, sizeBytes);
    }
  }

  /** KVM was made to drop it. */
  public static void slotRemoved(int slot) {
    if (TraceEvent.MEMORY_SLOT.isOn()) {
      TraceEvent.MEMORY_SLOT.print("slot=%d removed", slot);
    }
  }

  /** The host made memory for a backend. */
  public static void backendMapped(BackendConfig backend) {
    print(backend, "mapped");
  }

  /** All of a backend's memory went back to the host. */
  public static void backendUnmapped(BackendConfig backend) {
    print(backend, "unmapped");
  }

  private static void print(BackendConfig backend, String what) {
    if (TraceEvent.MEMORY_BACKEND.isOn()) {
      TraceEvent.MEMORY_BACKEND.print("backend=%s kind=%s bytes=%d %s", backend.id(), backend.qomType(),
          backend.sizeBytes(), what);
    }
  }
}

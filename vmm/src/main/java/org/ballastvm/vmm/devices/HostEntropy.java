package org.ballastvm.vmm.devices;

import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostRandom;
import org.ballastvm.virtio.rng.EntropySource;

/** The host's random bytes, for guests. */
final class HostEntropy implements EntropySource {
  @Override
  public void fill(MemorySegment into) {
    try {
      HostRandom.fill(into);
    } catch (HostError e) {
      throw new EntropyFailed("the host has no random bytes: " + e.getMessage(), e);
    }
  }
}

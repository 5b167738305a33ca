package org.ballastvm.vmm.control;

import java.util.Optional;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.wire.Member;

/** Where a processor sits, by {@code -smp} and {@code -numa}. */
public record CpuInstance(@Member("its node, where the guest knows nodes") Optional<Integer> nodeId,
    @Member("its package") int socketId, @Member("its core in the package") int coreId,
    @Member("its thread in the core") int threadId) {
  /** Threads first, then cores, then packages. */
  static CpuInstance of(MachineConfig config, int index) {
    CpuConfig cpus = config.cpus();
    return new CpuInstance(config.numa().isPresent() ? Optional.of(config.numa().nodeOf(index)) : Optional.empty(),
        index / cpus.threads() / cpus.cores(), index / cpus.threads() % cpus.cores(), index % cpus.threads());
  }
}

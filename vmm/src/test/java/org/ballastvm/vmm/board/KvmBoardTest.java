package org.ballastvm.vmm.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import org.ballastvm.kvm.Kvm;
import org.ballastvm.kvm.Vcpu;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The VM of a machine, which a reset replaces. */
@Tag("kvm")
class KvmBoardTest {
  private static final long SIZE = 16 << 20;

  @Test
  void aHostThatRefusesANewVmLeavesTheOldOne() {
    Assumptions.assumeTrue(Files.exists(Kvm.DEVICE), "this host has no /dev/kvm");
    Kvm kvm = Kvm.open();
    try (MemoryBackend ram = MemoryBackend.open(new BackendConfig.Ram("ram", SIZE, BackendConfig.Common.DEFAULTS));
        KvmBoard board = new KvmBoard(kvm, new GuestRam(GuestLayout.of(MemoryConfig.of(SIZE)), ram), true, false)) {
      kvm.close(); // So that nothing new can be had of it.
      assertThrows(RuntimeException.class, board::replace);
      try (Vcpu vcpu = board.createVcpu(0)) {
        assertEquals(0, vcpu.id());
      }
    }
  }
}

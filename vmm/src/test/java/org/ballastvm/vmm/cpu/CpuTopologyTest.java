package org.ballastvm.vmm.cpu;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;

/** APIC ids: what is close together differs in the low bits. */
class CpuTopologyTest {
  @Test
  void powersOfTwoAreNumberedWithoutGaps() {
    assertEquals(IntStream.range(0, 16).boxed().toList(), ids(new CpuConfig(16, 2, 4, 2)));
  }

  @Test
  void otherNumbersLeaveGaps() {
    assertEquals(List.of(0, 1, 2, 4, 5, 6), ids(new CpuConfig(6, 2, 3, 1)));
    assertEquals(List.of(0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13), ids(new CpuConfig(12, 2, 3, 2)));
  }

  @Test
  void asManyAsThereAreIdsAreTaken() {
    assertDoesNotThrow(() -> CpuTopology.of(CpuConfig.of(CpuConfig.MOST)));
    assertDoesNotThrow(() -> CpuTopology.of(new CpuConfig(254, 127, 1, 2)));

    UserError e = assertThrows(UserError.class, () -> CpuTopology.of(new CpuConfig(252, 84, 3, 1)));
    assertEquals("-smp 252,sockets=84,cores=3,threads=1: cores and threads are numbered in powers of two, so the last "
        + "CPU would have APIC id 334, and 254 is the last there is; give fewer, or powers of two", e.getMessage());
  }

  @Test
  void moreThanTheHostHasAreRefused() {
    CpuTopology.of(CpuConfig.of(8)).requireAtMost(8);

    UserError e = assertThrows(UserError.class, () -> CpuTopology.of(CpuConfig.of(9)).requireAtMost(8));
    assertEquals("-smp 9: this host's KVM gives a machine at most 8 CPUs", e.getMessage());
  }

  private static List<Integer> ids(CpuConfig config) {
    CpuTopology topology = CpuTopology.of(config);
    return IntStream.range(0, config.count()).mapToObj(topology::apicId).toList();
  }
}

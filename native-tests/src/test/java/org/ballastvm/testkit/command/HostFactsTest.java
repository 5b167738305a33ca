package org.ballastvm.testkit.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What doctor says of hosts by their sysfs. */
class HostFactsTest {
  @TempDir
  private Path root;

  private void says(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text + "\n");
  }

  private HostFacts.Fact fact(String what) {
    List<HostFacts.Fact> found = HostFacts.of(root).stream().filter(fact -> fact.what().equals(what)).toList();
    assertEquals(1, found.size(), what);
    return found.getFirst();
  }

  @Test
  void anIntelHostShowsWhatItHasSwitchedOff() throws IOException {
    says("sys/module/kvm_intel/parameters/ept", "N");
    says("sys/module/kvm_intel/parameters/unrestricted_guest", "N");
    says("sys/module/kvm_intel/parameters/enable_apicv", "Y");
    says("sys/module/kvm_intel/parameters/nested", "Y");

    assertFalse(fact("nested paging").good());
    assertTrue(fact("nested paging").sentence().contains("load kvm_intel with ept=1"));
    assertTrue(fact("real mode").sentence().contains("unrestricted_guest=1"));
    assertEquals("APICv is on", fact("interrupts").sentence());
    assertTrue(fact("nested guests").sentence().contains("-cpu host,-vmx"));
  }

  @Test
  void anAmdHostShowsNptAndAvic() throws IOException {
    says("sys/module/kvm_amd/parameters/npt", "Y");
    says("sys/module/kvm_amd/parameters/avic", "-1");
    says("sys/module/kvm_amd/parameters/nested", "0");

    assertEquals("NPT is on", fact("nested paging").sentence());
    assertEquals("AVIC is on", fact("interrupts").sentence());
    assertEquals("a guest has no SVM", fact("nested guests").sentence());
    says("sys/module/kvm_amd/parameters/avic", "N");
    assertTrue(fact("interrupts").sentence().contains("avic=1"));
  }

  @Test
  void hugePagesOfPrivateAndOfSharedMemoryAreTwoThings() throws IOException {
    says("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
    says("sys/kernel/mm/transparent_hugepage/shmem_enabled", "always within_size advise [never] deny force");
    says("sys/kernel/mm/ksm/run", "1");

    assertTrue(fact("huge pages").good());
    assertFalse(fact("shared memory").good());
    assertTrue(fact("shared memory").sentence().contains("hugetlb=on"));
    assertTrue(fact("same pages").sentence().startsWith("KSM merges"));
    says("sys/kernel/mm/transparent_hugepage/shmem_enabled", "always within_size [advise] never deny force");
    assertTrue(fact("shared memory").good());
  }

  @Test
  void ofAHostThatSaysNothingNothingIsSaid() { assertEquals(List.of(), HostFacts.of(root)); }
}

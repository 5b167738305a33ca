package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.rig.RigConfig;
import org.ballastvm.rig.RigRun;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A guest under kvm_amd on hosts that differ from the rig of all other tests. Some minutes each, so only with {@code -Phosts}. */
@Tag("hosts")
@Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OtherHostsIT {
  static List<Named<RigConfig>> hosts() {
    RigConfig usual = RigConfig.ofTests();
    return List.of(Named.of("Linux 6.12", usual.running(DebianFlavour.LATER)),
        Named.of("36 address bits", usual.ofCpu(RigConfig.CPU + ",phys-bits=36")),
        Named.of("Opteron_G3", usual.ofCpu("Opteron_G3,+svm,+npt")),
        Named.of("no nested paging", usual.arguing(List.of("kvm_amd.npt=0"))));
  }

  @ParameterizedTest
  @MethodSource("hosts")
  void aGuestBootsAndItsMemoryComesAndGoes(RigConfig host) { assertEquals(GuestCheck.ALL, checked(1, host)); }

  @ParameterizedTest
  @MethodSource("hosts")
  void aGuestWithTwoProcessorsBoots(RigConfig host) {
    assertEquals(List.of("boot, 2 processors", "end"), checked(2, host));
  }

  private static List<String> checked(int processors, RigConfig host) {
    GuestCheck check = GuestCheck.of(processors);
    return check.held((out, errors) -> RigRun.run(host, GuestHosts.images(), check.command(),
        InputStream.nullInputStream(), out, errors));
  }
}

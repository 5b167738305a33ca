package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.ballastvm.rig.IntelConfig;
import org.ballastvm.rig.IntelRig;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A guest under kvm_intel, on an Intel processor that Bochs interprets, with the package of this source tree. Five
 * minutes each, so only with {@code -Pintel}. What the rig says stands on standard error as it comes.
 */
@Tag("intel")
@Timeout(value = 1, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IntelIT {
  @ParameterizedTest
  @ValueSource(strings = {"kvm_intel.ept=1", "kvm_intel.ept=0", "kvm_intel.unrestricted_guest=0"})
  void aGuestBootsAndItsMemoryComesAndGoes(String kernelArgument) {
    assertEquals(GuestCheck.ALL, checked(1, kernelArgument));
  }

  @Test
  void aGuestWithTwoProcessorsBoots() {
    assertEquals(List.of("boot, 2 processors", "end"), checked(2, "kvm_intel.ept=1"));
  }

  /** {@return what held} */
  private static List<String> checked(int processors, String kernelArgument) {
    GuestCheck check = GuestCheck.of(processors);
    IntelConfig config = IntelConfig.ofTests().arguing(List.of(kernelArgument)).taking(check.files());
    return check.held((out, errors) -> IntelRig.run(config, GuestHosts.images(), check.command(), out, errors));
  }
}

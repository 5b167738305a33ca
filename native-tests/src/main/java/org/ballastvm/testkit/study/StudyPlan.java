package org.ballastvm.testkit.study;

import java.time.Duration;
import java.util.List;
import org.ballastvm.vmm.config.ByteSize;

/**
 * What is to be measured.
 *
 * @param sizes       what the guest has, small and large
 * @param loadMib     what a program in the guest holds and writes to all the while; 0 for none
 * @param cpuCount    processors of the guest
 * @param rounds      guests for each mechanism
 * @param mechanisms  what to compare, in the order of the table
 * @param patience    how long the guest may take for one resize
 * @param seed        of the order in which the load writes
 */
record StudyPlan(GuestSizes sizes, int loadMib, int cpuCount, int rounds,
    List<Mechanism> mechanisms, Duration patience, long seed) {
  StudyPlan {
    mechanisms = List.copyOf(mechanisms);
  }

  /** {@return what is measured, in one line} */
  String title() {
    return ByteSize.describe(sizes.smallBytes()) + " + " + ByteSize.describe(sizes.resizeBytes()) + " and back, "
        + (loadMib == 0 ? "no load" : "a load of " + loadMib + " MiB") + ", " + cpuCount
        + (cpuCount == 1 ? " processor, " : " processors, ")
        + (rounds == 1 ? "one round" : "median of " + rounds + " rounds");
  }
}

package org.ballastvm.vmm.block;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.junit.jupiter.api.Test;

/** What a user reads where a host has no io_uring. */
class HeardRingTest {
  @Test
  void aHostWithoutRingsIsASentenceThatNamesTheOther() {
    String told = HeardRing.refused("d0", new HostError("io_uring_setup", Errno.EPERM)).getMessage();
    assertTrue(
        told.startsWith("disk 'd0': aio=io_uring: the host has no io_uring for this process (io_uring_setup: EPERM")
            && told.endsWith("aio=threads works everywhere"),
        told);
  }
}

package org.ballastvm.vmm.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.Vhost;
import org.junit.jupiter.api.Test;

/** A host without vhost, or that keeps it for others. */
class VhostAdviceTest {
  private static String of(Errno errno) {
    return VhostAdvice.of(new HostError("open /dev/vhost-net", errno), Vhost.NET, "vhost_net", "leave vhost=on away");
  }

  @Test
  void whoLacksItReadsWhatToDo() {
    assertEquals(": this host has no such device: modprobe vhost_net; or leave vhost=on away", of(Errno.ENOENT));
    assertEquals(": this user needs read and write access to /dev/vhost-net; or leave vhost=on away", of(Errno.EACCES));
    assertEquals("", of(Errno.EMFILE));
  }
}

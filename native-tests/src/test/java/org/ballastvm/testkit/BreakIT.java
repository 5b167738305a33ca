package org.ballastvm.testkit;

import java.io.IOException;
import java.io.OutputStream;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedProcess;
import org.junit.jupiter.api.Test;

/** A BREAK on a serial line of the console is Linux's SysRq key. */
@GuestTest
class BreakIT {
  private static final byte[] TELNET_BREAK = {(byte) 255, (byte) 243}; // RFC 854: IAC, BRK

  @Test
  void aKeyBehindABreakIsACommandToTheKernel() throws IOException {
    GuestHost host = GuestHosts.find();
    int port = host.freePort();
    try (Guest guest = Guest.boot(host, GuestConfig
        .of("-m", "256", "-serial", "telnet:127.0.0.1:" + port + ",server=on,wait=off")
        .appending("console=ttyS1 console=ttyS0"))) {
      guest.run("exec 7< /dev/ttyS1; echo 1 > /proc/sys/kernel/sysrq"); // a port that nobody has open hears nothing
      HostedProcess line = host.connect(port);
      try {
        OutputStream keys = line.input();
        keys.write(TELNET_BREAK);
        keys.write('h');
        keys.flush();
        guest.await("the kernel's answer", () -> guest.run("dmesg").contains("sysrq: HELP"));
      } finally {
        line.kill();
      }
    }
  }
}

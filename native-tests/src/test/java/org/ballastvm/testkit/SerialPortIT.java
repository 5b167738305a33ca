package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImage;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.junit.jupiter.api.Test;

/** Consoles and channels of a Linux guest, by its own driver for virtio-serial cards. */
@GuestTest
class SerialPortIT {
  private static final int ROUNDS = 200;
  private static final String CARD = "virtio-serial-pci,id=vs0";
  private static final String VPORTS = "/sys/class/virtio-ports/";
  private static final Pattern DONE = Pattern.compile("\\{\"return\": ?\\{\\}\\}\\s");
  private static final Pattern ENDED = Pattern.compile("LAB-RC 0\r?\n");

  private final GuestHost host = GuestHosts.find();
  private final int qmpPort = host.freePort();
  private final int channelPort = host.freePort();

  /** A guest with a card, and a channel to a socket behind port 1. */
  private Guest boot(String... more) {
    List<String> options = new ArrayList<>(List.of("-m", "256", "-device", CARD, "-qmp", at(qmpPort), "-chardev",
        "socket,id=channel,host=127.0.0.1,port=" + channelPort + ",server=on,wait=off"));
    options.addAll(List.of(more));
    return Guest.boot(host, GuestConfig.of(options.toArray(String[]::new)));
  }

  private static String at(int port) { return "tcp:127.0.0.1:" + port + ",server=on,wait=off"; }

  private HostedQmp monitor() {
    HostedQmp qmp = new HostedQmp(host.connect(qmpPort));
    ask(qmp, "qmp_capabilities", "");
    return qmp;
  }

  private static void ask(HostedQmp qmp, String command, String arguments) {
    qmp.say(command, arguments);
    qmp.heard().await(DONE, Guest.PATIENCE);
  }

  private static void write(HostedProcess process, String text) throws IOException {
    process.input().write(text.getBytes(StandardCharsets.ISO_8859_1));
    process.input().flush();
  }

  @Test
  void theFirstConsoleIsTheConsoleAndSharesTheTerminalWithTheMonitor() throws IOException {
    GuestImage image = GuestHosts.images().debian(DebianFlavour.CLOUD);
    HostedProcess ballast = host
        .start(Ballast.command(List.of("-nodefaults", "-display", "none", "-serial", "none", "-m",
            "256", "-device", "virtio-serial-pci", "-chardev", "stdio,id=terminal,mux=on,signal=off", "-device",
            "virtconsole,chardev=terminal", "-mon", "terminal", "-kernel", image.kernel().toString(), "-initrd",
            image.initrd().toString(), "-append", "console=hvc0 lab.console=hvc0 quiet", "-no-reboot"), List.of()));
    try {
      ballast.output().await(Pattern.compile("LAB-UP"), Guest.PATIENCE);
      write(ballast, "stty -echo; cat /proc/consoles\n");
      assertTrue(ballast.output().await(ENDED, Guest.PATIENCE).before().contains("hvc0"));
      write(ballast, "dmesg -n 8; echo a kernel message > /dev/kmsg\n");
      assertTrue(ballast.output().await(ENDED, Guest.PATIENCE).before().contains("a kernel message"));
      write(ballast, "\1cinfo status\n");
      ballast.output().await(Pattern.compile("VM status: running"), Guest.PATIENCE);
      write(ballast, "\1cseq 20000 | md5sum\n");
      assertTrue(ballast.output().await(ENDED, Guest.PATIENCE).before().contains("e071f707df7bbeee2a6a1eb48011ddd0"));
      write(ballast, "poweroff -f\n");
      assertEquals(OptionalInt.of(0), ballast.waitFor(Guest.PATIENCE));
    } finally {
      ballast.kill();
    }
  }

  @Test
  void aChannelCarriesAllBothWaysAndMonitorsHearWhoHasItOpen() throws IOException {
    try (Guest guest = boot("-device", "virtserialport,id=ch,chardev=channel,name=org.example.channel");
        HostedQmp qmp = monitor()) {
      assertEquals("org.example.channel\n", guest.run("cat " + VPORTS + "vport*p1/name"));
      HostedProcess client = host.connect(channelPort);
      // Linux ends what reads a channel that it does not know to be open on the host.
      guest.run(
          "ln -s /dev/vport*p1 /dev/channel; { until [ -s /tmp/in ]; do cat /dev/channel > /tmp/in; done & } 2> /dev/null");
      qmp.heard().await(Pattern.compile("VSERPORT_CHANGE.*\"open\": ?true"), Guest.PATIENCE);
      String line = "0123456789abcdefghijklmnopqrstuvwxyz+-*\n";
      write(client, line.repeat(5000)); // 200 KB: far more than fits on the way
      guest.await("all of it", () -> guest.run("wc -c < /tmp/in").strip().equals("200000"));
      assertEquals("5000\n", guest.run("uniq -c < /tmp/in | awk '{ print $1 }'"));
      guest.run("kill %1; while killall cat 2> /dev/null; do usleep 10000; done; wait");
      qmp.heard().await(Pattern.compile("VSERPORT_CHANGE.*\"open\": ?false"), Guest.PATIENCE);
      guest.run("seq 100000 > /dev/channel");
      client.output().await(Pattern.compile("\n99999\n100000\n"), Guest.PATIENCE);
      assertTrue(client.output().text().contains("\n54320\n54321\n54322\n"));
      client.kill();
    }
  }

  /** Who does not read holds the guest's program, and neither its kernel nor the machine; nothing is lost. */
  @Test
  void aReaderThatStopsHoldsTheGuestsProgram() throws IOException {
    try (Guest guest = boot("-device", "virtserialport,id=ch,chardev=channel,name=held")) {
      long before = guest.residentKiB();
      HostedProcess client = host
          .start(HostedCommand.of("busybox", "nc", "127.0.0.1", Integer.toString(channelPort), "-e",
              "/bin/sleep", "3600"));
      guest.await("the client", () -> guest.monitor("info qtree").contains("host on"));
      guest.run("ln -s /dev/vport*p1 /dev/channel; { cat /dev/zero > /dev/channel & } 2> /dev/null");
      guest.await("a full line", () -> guest.monitor("info qtree").contains("throttle on"));
      guest.run("true");
      assertTrue(guest.residentKiB() - before < 64 << 10, "it is not kept here");
      client.kill();
      guest.await("the end of the reader", () -> guest.monitor("info qtree").contains("host off"));
      assertEquals("", guest.run("dmesg | grep -e 'soft lockup' -e 'detected stall' || true"));
    }
  }

  @Test
  void twoHundredPortsComeAndGoAndThenTheirCard() throws IOException {
    try (Guest guest = boot(); HostedQmp qmp = monitor()) {
      String files = openFiles(guest);
      for (int i = 0; i < ROUNDS; i++) {
        ask(qmp, "device_add", "\"driver\":\"virtserialport\",\"id\":\"p\",\"chardev\":\"channel\",\"name\":\"round" + i
            + "\"");
        if (i % 20 == 0) {
          guest.run(
              "until grep -q round" + i + " " + VPORTS + "*/name; do usleep 1000; done; true < $(echo /dev/vport*p1)");
        }
        ask(qmp, "device_del", "\"id\":\"p\"");
      }
      guest.await("the last port to go", () -> guest.run("ls " + VPORTS).isEmpty());
      assertEquals(files, openFiles(guest));
      for (int i = 0; i < 3; i++) {
        ask(qmp, "device_add", "\"driver\":\"virtconsole\",\"id\":\"p\",\"chardev\":\"channel\"");
        guest.await("a console", () -> guest.run("ls /dev").contains("hvc0"));
        ask(qmp, "device_del", "\"id\":\"vs0\"");
        qmp.heard().await(Pattern.compile("DEVICE_DELETED.*\"p\"[\\s\\S]*DEVICE_DELETED.*\"vs0\""), Guest.PATIENCE);
        assertEquals("", guest.run("ls " + VPORTS));
        ask(qmp, "device_add", "\"driver\":\"virtio-serial-pci\",\"id\":\"vs0\"");
      }
      assertEquals("", guest.run("dmesg | grep -e 'virtio.*[Ee]rror' -e 'virtio.*[Ff]ail' -e BUG: || true"));
    }
  }

  /** Those of the machine: the JVM opens a library when it first needs a class of it. */
  private String openFiles(Guest guest) {
    return host.run(Guest.PATIENCE,
        HostedCommand.of("sh", "-c", "readlink /proc/" + guest.pid()
            + "/fd/* | grep -v -e '[.]jar$' -e /lib/modules$ | tr -d '0-9' | sort"));
  }
}

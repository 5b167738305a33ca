package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Devices that come to a Linux guest and go again, by its own driver for slots. */
@GuestTest
class HotplugIT {
  private static final int ROUNDS = 100;
  private static final long SLACK_KIB = 16 << 10;
  private static final Pattern DONE = Pattern.compile("\\{\"return\": ?\\{\\}\\}\\s");

  private Guest guest;
  private HostedProcess qmp;

  @BeforeEach
  void boot() throws IOException {
    GuestHost host = GuestHosts.find();
    int port = host.freePort();
    guest = Guest.boot(host, GuestConfig.of("-m", "256", "-qmp", "tcp:127.0.0.1:" + port + ",server=on,wait=off"));
    qmp = host.connect(port);
    ask("qmp_capabilities", "");
  }

  @AfterEach
  void end() {
    qmp.kill();
    guest.close();
  }

  @Test
  void aHundredDevicesComeAndGoAndLeaveNothingBehind() throws IOException {
    String alone = pciDevices();
    round("rng");
    round("balloon");
    String mappings = memoryTree();
    String files = openFiles();
    long resident = guest.residentKiB();
    for (int i = 0; i < ROUNDS / 2; i++) {
      round("rng");
      round("balloon");
    }
    assertEquals(alone, pciDevices());
    assertEquals(files, openFiles());
    assertEquals(mappings, memoryTree());
    long grown = guest.residentKiB() - resident;
    assertTrue(grown < SLACK_KIB, "resident memory grew by " + grown + " KiB");
    assertEquals("", guest.run("dmesg | grep -i -e 'acpi.*error' -e 'acpi.*warn' -e 'pci.*fail' || true"));
  }

  /** The driver binds, so interrupts, queues and doorbells have been at work when the device is asked for. */
  private void round(String kind) throws IOException {
    String device = "/sys/bus/pci/devices/0000:00:01.0";
    ask("device_add", "\"driver\":\"virtio-" + kind + "-pci\",\"id\":\"new\"");
    guest.run("until [ -e " + device + "/virtio*/driver ]; do usleep 10000; done");
    ask("device_del", "\"id\":\"new\"");
    qmp.output().await(Pattern.compile("\"/machine/peripheral/new/virtio-backend\""), Guest.PATIENCE);
    qmp.output().await(Pattern.compile("\"device\": ?\"new\""), Guest.PATIENCE);
    guest.run("[ ! -e " + device + " ]");
  }

  @Test
  void aBalloonThatGoesGivesItsPagesBackToTheGuest() throws IOException {
    ask("device_add", "\"driver\":\"virtio-balloon-pci\",\"id\":\"balloon0\"");
    guest.await("a balloon", () -> guest.run("ls /sys/bus/virtio/drivers/virtio_balloon").contains("virtio"));
    long whole = guest.memInfoKiB("MemTotal");
    guest.balloon(200);
    assertTrue(guest.memInfoKiB("MemTotal") < whole);
    ask("device_del", "\"id\":\"balloon0\"");
    qmp.output().await(Pattern.compile("\"device\": ?\"balloon0\""), Guest.PATIENCE);
    assertEquals(whole, guest.memInfoKiB("MemTotal"));
    guest.run("dd if=/dev/urandom of=/tmp/x bs=1M count=64 2> /dev/null");
  }

  @Test
  void aGuestLetsGoOfADeviceThatNobodyAskedFor() throws IOException {
    ask("device_add", "\"driver\":\"virtio-rng-pci\",\"id\":\"rng0\",\"addr\":\"1f\"");
    guest.await("a device", () -> pciDevices().contains("0000:00:1f.0"));
    guest.await("its power", () -> guest.run("cat /sys/bus/pci/slots/31/power").equals("1\n"));
    guest.run("echo 0 > /sys/bus/pci/slots/31/power");
    qmp.output().await(Pattern.compile("\"device\": ?\"rng0\""), Guest.PATIENCE);
    ask("device_add", "\"driver\":\"virtio-rng-pci\",\"id\":\"rng0\",\"addr\":\"1f\"");
    guest.await("another device", () -> pciDevices().contains("0000:00:1f.0"));
  }

  private String pciDevices() { return guest.run("ls /sys/bus/pci/devices"); }

  private String openFiles() {
    return guest.host().run(Guest.PATIENCE,
        HostedCommand.of("sh", "-c", "readlink /proc/" + guest.pid() + "/fd/* | tr -d '0-9' | sort"));
  }

  private String memoryTree() { return guest.monitor("info mtree"); }

  private void ask(String command, String arguments) throws IOException {
    String line = "{\"execute\":\"" + command + "\",\"arguments\":{" + arguments + "}}\n";
    qmp.input().write(line.getBytes(StandardCharsets.UTF_8));
    qmp.input().flush();
    qmp.output().await(DONE, Guest.PATIENCE);
  }
}

package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Linux guests whose Ballast is killed, whose host has no room or whose host's disk fails, and disks that come and go. */
@GuestTest
@Tag("more")
class DiskIT {
  private static final Path SOURCE = Path.of("src/test/resources/disk/blocks.c").toAbsolutePath();
  /** Guests that are killed, each with a disk of either engine. */
  private static final int ROUNDS = Integer.getInteger("ballast.disk.rounds", 2);
  private static final int PLUGS = Integer.getInteger("ballast.disk.plugs", 6);
  private static final int MOST_FLUSHES = 12;
  private static final int MOST_NANOS = 300_000_000;
  private static final List<String> AIO = List.of("threads", "io_uring");
  private static final Pattern FLUSHED = Pattern.compile("FLUSHED (vd[ab]) (\\d+)\r?\n");
  private static final Pattern ENDED = Pattern.compile("LAB-RC (\\d+)\r?\n");
  private static final int SECTORS = 32768;

  @TempDir
  Path scratch;

  private final GuestHost host = GuestHosts.find();
  private final String place = "/dev/shm/disk-" + ProcessHandle.current().pid();

  @BeforeEach
  void makePlace() { onHost("mkdir -p " + place); }

  @AfterEach
  void leave() { onHost("umount " + place + "/small 2> /dev/null; rm -rf " + place); }

  private String onHost(String script) {
    return host.run(Guest.PATIENCE, HostedCommand.of("sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; " + script)).strip();
  }

  private Guest boot(List<String> drives) {
    List<String> options = new ArrayList<>(List.of("-m", "256"));
    drives.forEach(drive -> options.addAll(List.of("-drive", drive)));
    return Guest.boot(host, GuestConfig.of(options.toArray(String[]::new)));
  }

  private static String drive(String file, String rest) { return "if=virtio,format=raw,file=" + file + "," + rest; }

  /** Compiles what writes and checks blocks, for any Linux. */
  private Path compile() throws Exception {
    Path program = scratch.resolve("blocks");
    Launched gcc = Launched.run(scratch, "", List.of("sh", "-c", "gcc -O1 -static -o \"$1\" \"$2\"", "sh",
        program.toString(), SOURCE.toString()));
    if (System.getenv("CI") != null) {
      assertEquals(0, gcc.status(), gcc.errors());
    }
    Assumptions.assumeTrue(gcc.status() == 0, "skipped: no gcc with a static libc: " + gcc.errors());
    return program;
  }

  @Test
  void whatWasFlushedOutlivesAKill() throws Exception {
    Path program = compile();
    AIO.forEach(aio -> onHost("truncate -s 32M " + place + "/" + aio));
    long seed = System.nanoTime();
    System.err.println("DiskIT: seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      List<Long> blocks = AIO.stream().map(aio -> (long) random.nextInt(Integer.MAX_VALUE)).toList();
      List<Long> flushed = writeUntilKilled(program, blocks, random);
      for (int i = 0; i < AIO.size(); i++) {
        String told = onHost(program + " check " + place + "/" + AIO.get(i) + " " + blocks.get(i) + " " + flushed.get(i)
            + " 2>&1 || true");
        assertTrue(told.endsWith("blocks as they were flushed"),
            "seed " + seed + ", round " + round + ", aio=" + AIO.get(i) + ", " + flushed.get(i) + " batches: " + told);
      }
    }
  }

  /** Has a guest write to a disk of each engine at the same time, and kills it; says how many batches each has flushed. */
  private List<Long> writeUntilKilled(Path program, List<Long> blocks, Random random) {
    List<String> drives = new ArrayList<>(AIO.stream().map(aio -> drive(place + "/" + aio, "aio=" + aio)).toList());
    drives.add(drive(program.toString(), "readonly=on"));
    try (Guest guest = boot(drives)) {
      guest.run("cat /dev/vdc > /tmp/blocks && chmod +x /tmp/blocks");
      guest.type("/tmp/blocks write /dev/vda " + blocks.getFirst() + " & /tmp/blocks write /dev/vdb " + blocks.getLast()
          + " &");
      for (int i = 1 + random.nextInt(MOST_FLUSHES); i > 0; i--) {
        guest.console().await(FLUSHED, Guest.PATIENCE);
      }
      long end = System.nanoTime() + random.nextInt(MOST_NANOS);
      guest.await("a moment by chance", Duration.ofMillis(1), () -> System.nanoTime() > end);
      guest.kill();
      guest.awaitEnd();
      String said = guest.console().text();
      return List.of(lastOf("vda", said), lastOf("vdb", said));
    }
  }

  private static long lastOf(String device, String said) {
    return FLUSHED.matcher(said).results().filter(line -> line.group(1).equals(device))
        .mapToLong(line -> Long.parseLong(line.group(2))).max().orElse(0);
  }

  private static String write(String device) { return "dd if=/dev/zero of=" + device + " bs=1M count=4 conv=fsync"; }

  /** Waits until an error of the host has stopped the machine, while a line runs in the guest. */
  private static void awaitStop(Guest guest) {
    guest.await("the machine to stop", () -> guest.monitor("info status").contains("paused (io-error)"));
  }

  private static void goOn(Guest guest) {
    guest.monitor("cont");
    assertEquals("0", guest.console().await(ENDED, Guest.PATIENCE).match().group(1), guest::lastWords);
  }

  @Test
  void aHostWithoutRoomIsReportedStopsTheMachineOrIsPassedOver() {
    String small = place + "/small";
    String fill = "dd if=/dev/zero of=" + small + "/fill bs=64k 2> /dev/null || true";
    onHost("mkdir " + small + " && mount -t tmpfs -o size=16m none " + small);
    List<String> drives = new ArrayList<>();
    for (String action : List.of("report", "stop", "ignore")) {
      for (String aio : AIO) {
        String file = small + "/" + action + "-" + aio;
        onHost("truncate -s 8M " + file);
        drives.add(drive(file, "werror=" + action + ",aio=" + aio + ",id=" + action + "-" + aio));
      }
    }
    onHost(fill);
    try (Guest guest = boot(drives)) {
      for (String device : List.of("/dev/vda", "/dev/vdb")) {
        assertNotEquals(0, guest.tryToRun(write(device)).status(), device);
      }
      for (String device : List.of("/dev/vdc", "/dev/vdd")) {
        guest.type(write(device));
        awaitStop(guest);
        onHost("rm " + small + "/fill");
        goOn(guest);
        onHost(fill);
      }
      for (String device : List.of("/dev/vde", "/dev/vdf")) {
        assertEquals(0, guest.tryToRun(write(device)).status(), device);
      }
      assertSaid(guest, "write failed: ENOSPC (no space left on the device); the guest is answered with an error",
          "ENOSPC (no space left on the device); the machine is stopped, and cont tries again",
          "ENOSPC (no space left on the device); the guest is answered as if it had been done");
    }
  }

  private static void assertSaid(Guest guest, String... words) {
    String all = guest.lastWords();
    for (String each : words) {
      assertTrue(all.contains(each), all);
    }
  }

  @Test
  void aDiskOfTheHostThatFailsIsReportedOrStopsTheMachine() {
    List<String> drives = new ArrayList<>();
    for (String aio : AIO) {
      String loop = onHost("truncate -s 16M " + place + "/" + aio + " && losetup -f --show " + place + "/" + aio);
      String node = onHost("export DM_DISABLE_UDEV=1; dmsetup create " + name(aio) + " --table '" + whole(loop)
          + "' && readlink -f /dev/mapper/" + name(aio));
      drives.add(drive(node, "cache=none,werror=report,rerror=stop,aio=" + aio + ",id=" + aio));
    }
    try (Guest guest = boot(drives)) {
      for (int i = 0; i < AIO.size(); i++) {
        String device = "/dev/vd" + (char) ('a' + i);
        String loop = onHost("losetup -n -O NAME -j " + place + "/" + AIO.get(i));
        assertEquals(0, guest.tryToRun(write(device)).status(), device);
        becomes(AIO.get(i), "0 " + SECTORS + " error");
        assertNotEquals(0, guest.tryToRun(write(device)).status(), device);
        guest.type("dd if=" + device + " of=/dev/null bs=64k count=4 skip=128");
        awaitStop(guest);
        becomes(AIO.get(i), whole(loop));
        goOn(guest);
      }
      assertSaid(guest, "write failed: EIO (input/output error); the guest is answered with an error");
    } finally {
      AIO.forEach(aio -> onHost("export DM_DISABLE_UDEV=1; dmsetup remove " + name(aio) + "; losetup -d $(losetup -n -O"
          + " NAME -j " + place + "/" + aio + ")"));
    }
  }

  private static String name(String aio) { return "ballast-" + ProcessHandle.current().pid() + "-" + aio; }

  private static String whole(String loop) { return "0 " + SECTORS + " linear " + loop + " 0"; }

  private void becomes(String aio, String table) {
    onHost("export DM_DISABLE_UDEV=1; dmsetup suspend --noflush " + name(aio) + " && dmsetup reload " + name(aio)
        + " --table '" + table + "' && dmsetup resume " + name(aio));
  }

  /** Limits keep requests waiting, of which more would reach the files for as long as it takes to look at them. */
  @Test
  void aMachineThatIsStoppedWritesNothing() {
    List<String> drives = new ArrayList<>();
    for (String aio : AIO) {
      onHost("truncate -s 1M " + place + "/" + aio);
      drives.add(drive(place + "/" + aio, "throttling.iops-total=4,aio=" + aio));
    }
    String sums = "cd " + place + " && sha256sum " + String.join(" ", AIO);
    try (Guest guest = boot(drives)) {
      String untouched = onHost(sums);
      guest.run(
          "for d in a b; do for at in 0 64 128 192; do while dd if=/dev/urandom of=/dev/vd$d seek=$at bs=4k count=64"
              + " oflag=direct 2> /dev/null; do :; done & done; done");
      guest.await("writes", () -> Stream.of(untouched.split("\n")).noneMatch(onHost(sums)::contains));
      assertEquals("", guest.monitor("stop"));
      String stopped = onHost(sums);
      for (int i = 0; i < 3; i++) {
        assertEquals(stopped, onHost(sums));
      }
      assertEquals("", guest.monitor("cont"));
      guest.await("writes", () -> Stream.of(stopped.split("\n")).noneMatch(onHost(sums)::contains));
    }
  }

  @Test
  void disksComeAndGo() {
    onHost("truncate -s 8M " + place + "/disk");
    List<String> options = new ArrayList<>(List.of("-m", "256"));
    for (String aio : AIO) {
      options.addAll(List.of("-blockdev", "driver=file,node-name=" + aio.replace('_', '-') + ",locking=off,aio=" + aio
          + ",filename=" + place + "/disk"));
    }
    try (Guest guest = Guest.boot(host, GuestConfig.of(options.toArray(String[]::new)))) {
      for (int i = 0; i < PLUGS; i++) {
        String node = AIO.get(i % AIO.size()).replace('_', '-');
        assertEquals("", guest.monitor("device_add virtio-blk-pci,id=d0,drive=" + node));
        guest.run("until [ -b /dev/vda ]; do usleep 10000; done; echo " + i
            + " > /tmp/new && dd if=/tmp/new of=/dev/vda bs=512 conv=sync,fsync 2> /dev/null");
        assertEquals("", guest.monitor("device_del d0"));
        guest.await("the disk to go", () -> !guest.monitor("info block").contains("d0"));
        assertEquals(Integer.toString(i), onHost("head -n 1 " + place + "/disk"));
      }
      assertEquals("", guest.run("dmesg | grep -i -e 'acpi.*error' -e 'pci.*fail' -e 'virtio.*error' || true"));
    }
  }
}

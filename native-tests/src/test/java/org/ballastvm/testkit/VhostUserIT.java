package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Disks and folders that other programs have, in a Linux guest. */
@GuestTest
class VhostUserIT {
  private static final String SUMS = "cd %s && find . -type f | sort | xargs md5sum | md5sum; cd /";

  private final GuestHost host = GuestHosts.find();
  private final String busybox = GuestHosts.images().busyboxFile().toString();
  private final String place = "/dev/shm/vhost-user-" + ProcessHandle.current().pid();
  private final List<HostedProcess> programs = new ArrayList<>();
  private Guest guest;

  @BeforeEach
  void makePlace() {
    onHost("mkdir -p " + place + "/share && cd " + place + "/share && i=0 && while [ $i -lt 10 ]; do"
        + " head -c 100000 /dev/urandom > f$i; i=$((i + 1)); done");
  }

  @AfterEach
  void end() {
    if (guest != null) {
      guest.close();
    }
    programs.forEach(HostedProcess::kill);
    onHost("rm -rf " + place);
  }

  private static String program(String... names) {
    List<String> there = Stream.of(names).filter(name -> Files.isExecutable(Path.of(name))).toList();
    assertTrue(!there.isEmpty() || System.getenv("CI") == null, "CI needs " + names[0]);
    Assumptions.assumeTrue(!there.isEmpty(), "skipped: there is no " + names[0]);
    return there.getFirst();
  }

  private String onHost(String script) {
    return host.run(Guest.PATIENCE, HostedCommand.of(busybox, "sh", "-c", script)).strip();
  }

  private HostedProcess start(String socket, String... command) {
    onHost("rm -f " + socket);
    HostedProcess process = host.start(HostedCommand.of(command));
    programs.add(process);
    onHost("for i in $(seq 600); do [ -S " + socket + " ] && exit 0; sleep 0.1; done; exit 1");
    return process;
  }

  private HostedProcess startFolder() {
    String daemon = program("/usr/libexec/virtiofsd", "/usr/lib/qemu/virtiofsd");
    String socket = place + "/fs";
    if (daemon.startsWith("/usr/libexec")) {
      return start(socket, daemon, "--socket-path=" + socket, "--shared-dir=" + place + "/share", "--sandbox=none");
    }
    onHost("[ -d /run/virtiofsd ] || mkdir /run/virtiofsd 2> /dev/null || mount -t tmpfs none /run");
    return start(socket, daemon, "--socket-path=" + socket, "-f", "-o", "source=" + place + "/share", "-o",
        "sandbox=chroot");
  }

  private HostedProcess startDisk() {
    String socket = place + "/blk";
    return start(socket, program("/usr/bin/qemu-storage-daemon"), "--blockdev",
        "driver=file,node-name=f,filename=" + place + "/disk.qcow2", "--blockdev", "driver=qcow2,node-name=d,file=f",
        "--export", "type=vhost-user-blk,id=e,node-name=d,writable=on,num-queues=2,addr.type=unix,addr.path=" + socket);
  }

  private void boot(String... options) {
    guest = Guest.boot(host,
        new GuestConfig(List.of(options), "lab.movable", DebianFlavour.STOCK, "", List.of(), true));
  }

  private void bootWithFolder() {
    boot("-m", "256,slots=2,maxmem=2G", "-chardev", "socket,id=c0,path=" + place + "/fs", "-device",
        "vhost-user-fs-pci,chardev=c0,tag=share,id=fs0", "-object", "memory-backend-memfd,id=vmem,size=512M", "-device",
        "virtio-mem-pci,memdev=vmem,id=vm0,requested-size=0");
    guest.run("mkdir -p /mnt && mount -t virtiofs share /mnt");
  }

  @Test
  void memoryComesAndGoesWhileAFolderIsInUse() {
    startFolder();
    bootWithFolder();
    String sums = onHost(SUMS.formatted(place + "/share"));
    assertEquals(sums, guest.run(SUMS.formatted("/mnt")).strip());
    guest.run("mkdir /mnt/out; touch /tmp/go; (while [ -e /tmp/go ]; do cat /mnt/f* > /mnt/out/all && sync"
        + " && echo 3 > /proc/sys/vm/drop_caches && cat /mnt/out/all | md5sum >> /tmp/sums || echo bad >> /tmp/sums; done;"
        + " touch /tmp/gone) > /tmp/noise 2>&1 &");
    for (int i = 0; i < 2; i++) {
      assertEquals("", guest.monitor("object_add memory-backend-memfd,id=mem1,size=256M"));
      assertEquals("", guest.monitor("device_add pc-dimm,id=dimm1,memdev=mem1"));
      assertEquals("", guest.monitor("qom-set vm0 requested-size 384M"));
      guest.await("memory to come", () -> guest.memInfoKiB("MemTotal") > 700 << 10);
      guest.run("head -c 30000000 /dev/zero > /tmp/fill; rm /tmp/fill");
      assertEquals("", guest.monitor("qom-set vm0 requested-size 0"));
      assertEquals("", guest.monitor("device_del dimm1"));
      guest.await("the DIMM gone", () -> !guest.monitor("qom-list /machine/peripheral").contains("dimm1"));
      guest.await("the blocks gone", () -> guest.monitor("info memory_size_summary").contains("plugged memory: 0"));
      assertEquals("", guest.monitor("object_del mem1"));
    }
    guest.run("rm /tmp/go; while [ ! -e /tmp/gone ]; do sleep 0.1; done");
    assertEquals("1", guest.run("[ -s /tmp/sums ] && sort -u /tmp/sums | wc -l").strip(), guest.run("cat /tmp/sums"));
    assertTrue(!guest.run("cat /tmp/sums").contains("bad"));
    assertEquals(onHost(SUMS.formatted(place + "/share")), guest.run(SUMS.formatted("/mnt")).strip());
  }

  @Test
  void aFolderThatGoesLeavesTheMachineAlive() {
    HostedProcess daemon = startFolder();
    bootWithFolder();
    guest.run("echo word > /mnt/new");
    daemon.kill();
    guest.await("a sentence",
        () -> guest.lastWords().contains("device fs0: its back-end is gone: it has closed the connection"));
    assertTrue(guest.monitor("info status").contains("running"));
    assertEquals("alive", guest.run("echo alive").strip());
    startFolder();
    guest.await("another one", () -> guest.lastWords().contains("another back-end has come"));
    assertEquals("", guest.monitor("system_reset"));
    guest.awaitUp();
    guest.run("mkdir -p /mnt && mount -t virtiofs share /mnt");
    assertEquals("word", guest.run("cat /mnt/new").strip());
  }

  @Test
  void aDiskGoesOnWithAnotherBackend() {
    String image = program("/usr/bin/qemu-img");
    host.run(Guest.PATIENCE, HostedCommand.of(image, "create", "-q", "-f", "qcow2", place + "/disk.qcow2", "64M"));
    HostedProcess daemon = startDisk();
    boot("-m", "256", "-smp", "2", "-chardev", "socket,id=c0,path=" + place + "/blk", "-device",
        "vhost-user-blk-pci,chardev=c0,id=d0");
    String sum = guest
        .run("head -c 4000000 /dev/urandom > /tmp/r; dd if=/tmp/r of=/dev/vda bs=1M conv=fsync 2> /dev/null;"
            + " md5sum < /tmp/r")
        .strip();
    daemon.kill();
    guest.await("a sentence", () -> guest.lastWords().contains("device d0: its back-end is gone"));
    startDisk();
    guest.await("another one", () -> guest.lastWords().contains("another back-end has come"));
    assertEquals(sum,
        guest.run("echo 3 > /proc/sys/vm/drop_caches; head -c 4000000 /dev/vda | md5sum").strip());
    assertEquals("64M", guest.run("echo $(($(cat /sys/block/vda/size) / 2048))M").strip());
  }

  @Test
  void aQcow2IsADiskWhoseDaemonEndsWithTheMachine() {
    String image = place + "/disk.qcow2";
    host.run(Guest.PATIENCE,
        HostedCommand.of(program("/usr/bin/qemu-img"), "create", "-q", "-f", "qcow2", image, "64M"));
    boot("-m", "256", "-drive", "file=" + image + ",format=qcow2,discard=unmap");
    String sum = guest
        .run("head -c 4000000 /dev/urandom > /tmp/r; dd if=/tmp/r of=/dev/vda bs=1M conv=fsync 2> /dev/null;"
            + " md5sum < /tmp/r")
        .strip();
    String running = "for each in /proc/[0-9]*/comm; do read -r name < $each; case $name in qemu-storage*) echo $name;;"
        + " esac; done 2> /dev/null";
    assertEquals("qemu-storage-da", onHost(running));
    guest.kill();
    guest.awaitEnd();
    guest.await("the daemon to end", () -> onHost(running).isEmpty());
    boot("-m", "256", "-drive", "file=" + image + ",format=qcow2,readonly=on");
    assertEquals(sum, guest.run("head -c 4000000 /dev/vda | md5sum").strip());
    assertEquals("1", guest.run("cat /sys/block/vda/ro").strip());
  }
}

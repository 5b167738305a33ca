package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.ballastvm.kvm.FakeKvm;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.DiskConfig;
import org.ballastvm.vmm.config.DriveOptions;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryBlock;
import org.ballastvm.vmm.cpu.HostCpu;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Machines whose disks qemu-storage-daemon has, on a host without KVM. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("try") // KVM need only be there.
class UserDevicesTest {
  @TempDir
  private Path directory;

  private final List<String> notes = new ArrayList<>();

  @BeforeEach
  void requireDaemon() throws Exception {
    boolean there = Files.isExecutable(Path.of("/usr/bin/qemu-storage-daemon"));
    if (System.getenv("CI") != null) {
      Assertions.assertTrue(there, "CI needs qemu-storage-daemon");
    }
    Assumptions.assumeTrue(there, "skipped: no qemu-storage-daemon");
    assertEquals(0,
        new ProcessBuilder("qemu-img", "create", "-q", "-f", "qcow2", image().toString(), "1M").start().waitFor());
  }

  private Path image() { return directory.resolve("x.qcow2"); }

  private MachineConfig config(DiskConfig disks, List<ChardevConfig> chardevs, DeviceConfig... devices)
      throws Exception {
    MachineConfig usual = TestMachine.of(directory, new Program().halt()).config();
    List<ChardevConfig> all = new ArrayList<>(usual.chardevs());
    all.addAll(chardevs);
    return new MachineConfig(usual.name(), usual.uuid(), usual.memory(), usual.cpus(), usual.numa(), usual.boot(),
        usual.backends(), usual.iothreads(), usual.netdevs(), disks, disks.withDevices(List.of(devices)), all,
        usual.serials(), usual.monitors(), usual.policy(), usual.pidFile(), usual.kernelCache(), usual.folders(),
        usual.firmware(), usual.faults());
  }

  private Machine start(MachineConfig config) {
    return Machine.start(config, notes::add, machine -> {
      // No monitors.
    });
  }

  private static List<ProcessHandle> daemons() {
    return ProcessHandle.current().descendants()
        .filter(process -> process.info().command().orElse("").endsWith("qemu-storage-daemon")).toList();
  }

  @Test
  void aQcow2BringsItsDaemonAndSharedMemory() throws Exception {
    DiskConfig disks = new DiskConfig(List.of(),
        List.of(DriveOptions.parse(KeyValues.parse("-drive", "file=" + image() + ",format=qcow2", "file"), 0)));
    List<ProcessHandle> daemons;
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.SAPPHIRE_RAPIDS_CONFIG_ONLY.supported());
        Machine machine = start(config(disks, List.of()))) {
      daemons = daemons();
      assertEquals(1, daemons.size());
      List<QueryBlock.BlockInfo> listed = new ArrayList<>();
      machine.onLoop(() -> listed.addAll(new QueryBlock().run(machine, NoArguments.NONE)));
      QueryBlock.BlockInfo disk = listed.getFirst();
      assertEquals(List.of("virtio0", "qcow2", image().toString(), 1L << 20),
          List.of(disk.device(), disk.inserted().drv(),
              disk.inserted().file(), disk.inserted().image().virtualSize()));
      assertTrue(disk.qdev().isPresent() && disk.inserted().image().actualSize() > 0, disk.toString());
      assertInstanceOf(BackendConfig.Memfd.class, TestMachine.base(machine).config());
      assertEquals(List.of("ballast: guest memory is a memfd, share=on, because drive virtio0 is served by another"
          + " program"), notes);
    }
    daemons.getFirst().onExit().get(20, TimeUnit.SECONDS);
  }

  @Test
  void aDeviceOnAChardevThatIsNoSocketIsRefused() throws Exception {
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.SAPPHIRE_RAPIDS_CONFIG_ONLY.supported())) {
      MachineConfig config = config(DiskConfig.NONE, List.of(new ChardevConfig.Null("c0", false)),
          new DeviceConfig.UserFs(Optional.of("fs0"), OptionalInt.empty(), "c0", "share", 1, 128));
      UserError error = assertThrows(UserError.class, () -> start(config));
      assertEquals("-device vhost-user-fs-pci,id=fs0: chardev=c0: must be a plain socket, with a back-end at the other"
          + " end", error.getMessage());
    }
  }

  private static void awaitListener(Process daemon, Path socket) {
    while (true) {
      try {
        HostSocket.connectUnix(socket).close();
        return;
      } catch (HostError notYet) {
        assertTrue(daemon.isAlive());
      }
    }
  }

  @Test
  void aDiskOfAnotherProgramIsOneOfTheMachine() throws Exception {
    Path socket = directory.resolve("socket");
    Process daemon = new ProcessBuilder("qemu-storage-daemon", "--blockdev",
        "driver=file,node-name=f,filename=" + image(), "--export",
        "type=vhost-user-blk,id=e,node-name=f,writable=on,num-queues=2,addr.type=unix,addr.path=" + socket).start();
    awaitListener(daemon, socket);
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.SAPPHIRE_RAPIDS_CONFIG_ONLY.supported());
        Machine machine = start(config(DiskConfig.NONE,
            List.of(new ChardevConfig.Unix("c0", false, socket, false, false)),
            new DeviceConfig.UserBlk(Optional.of("d0"), OptionalInt.empty(), "c0", OptionalInt.of(2), 128)))) {
      assertInstanceOf(BackendConfig.Memfd.class, TestMachine.base(machine).config());
    } finally {
      daemon.destroy();
      daemon.waitFor();
    }
  }
}

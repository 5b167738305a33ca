package org.ballastvm.vmm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.DriveOptions;
import org.ballastvm.vmm.config.FolderConfig;
import org.ballastvm.vmm.config.FolderOptions;
import org.ballastvm.vmm.config.ImageConfig;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.NetdevConfig;
import org.ballastvm.vmm.config.NicOption;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.config.UserNetConfig;
import org.junit.jupiter.api.Test;

/** What a program says in types is what a user says in words. */
class VmBuilderTest {
  private static VmBuilder builder() { return Vm.builder().kernel(Path.of("vmlinuz")); }

  private static DriveConfig drive(String words) {
    return DriveOptions.parse(KeyValues.parse("-drive", words, "file"), 0);
  }

  @Test
  void aDiskIsADriveWithItsDevice() {
    MachineConfig file = builder().disk(Path.of("root.img")).config();
    assertEquals(List.of(drive("file=root.img")), file.disks().drives());
    assertEquals(List.of(DeviceConfig.Blk.of("virtio0")), file.devices());
    MachineConfig two = builder().disk(ImageConfig.of(Path.of("root.img")).asSnapshot())
        .disk(ImageConfig.of(Path.of("data.img")).asReadOnly().by(ImageConfig.Aio.IO_URING)).config();
    assertEquals(List.of(drive("file=root.img,snapshot=on"),
        drive("file=data.img,id=virtio1,readonly=on,aio=io_uring")), two.disks().drives());
    assertEquals(List.of(), builder().disk(drive("file=a,if=none,id=d0")).config().devices(), "it is for a -device");
  }

  @Test
  void aNetworkCardIsANetdevAndItsDevice() {
    NetdevConfig user = new NetdevConfig.User("net0", UserNetConfig.USUAL.forwarding(2222, 22));
    MachineConfig one = builder().networkCard(user).config();
    NicOption same = NicOption.parse("user,id=net0,hostfwd=tcp:127.0.0.1:2222-:22", 0);
    assertEquals(List.of(same.netdev()), one.netdevs());
    assertEquals(List.of(same.card()), one.devices());
    NetdevConfig tap = new NetdevConfig.Tap("t", Optional.of("tap0"), List.of(), 2, Optional.empty());
    assertTrue(builder().networkCard(tap).config().devices().getFirst() instanceof DeviceConfig.Net card && card.mq());
    VmBuilder twice = builder().networkCard(user).networkCard(user);
    assertEquals("-netdev: id 'net0' is used twice; every id must be unique",
        assertThrows(UserError.class, twice::config).getMessage());
  }

  @Test
  void aFolderIsMountedByItsTag() {
    FolderOptions.Shared same = FolderOptions.shared("local,path=/srv,mount_tag=a,,b,security_model=none,readonly=on");
    MachineConfig one = builder().folder(FolderConfig.of(Path.of("/srv"), "a,b").asReadOnly()).config();
    assertEquals(List.of(same.folder()), one.folders());
    assertEquals(List.of(same.device()), one.devices());
    VmBuilder builder = builder();
    FolderConfig tooLong = FolderConfig.of(Path.of("/srv"), "x".repeat(300));
    String told = assertThrows(UserError.class, () -> builder.folder(tooLong)).getMessage();
    assertTrue(told.contains("must have 1 to "), told);
    assertEquals(List.of(), builder.config().folders(), "nothing has changed");
  }
}

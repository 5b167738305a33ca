package org.ballastvm.vmm.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.BlockdevConfig;
import org.ballastvm.vmm.config.BlockdevOptions;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.DriveOptions;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drives and nodes come, are used by one device each, and go; others are kept from their files. */
class BlockBackendsTest {
  @TempDir
  Path scratch;

  private final BlockBackends backends = new BlockBackends();
  private Path file;

  @BeforeEach
  void make() throws IOException { file = Files.write(scratch.resolve("disk"), new byte[8192]); }

  @AfterEach
  void close() { backends.close(); }

  private DriveConfig drive(String rest) {
    return DriveOptions.parse(KeyValues.parse("-drive", "file=" + file + ",if=none" + rest, "file"), 0);
  }

  private static BlockdevConfig node(String text) {
    return BlockdevOptions.parse(KeyValues.parse("-blockdev", text, "driver"));
  }

  private static String refusal(Runnable task) { return assertThrows(UserError.class, task::run).getMessage(); }

  @Test
  void aDriveIsOneDevicesAndGoesWithIt() {
    backends.addDrive(drive(",id=d0"));
    assertTrue(refusal(() -> backends.addDrive(drive(",id=d0"))).contains("Duplicate ID 'd0' for drive"));
    BlockBackend backend = backends.claim("d0", false);
    assertEquals(8192, backend.sizeBytes());
    backend.attached("/machine/peripheral/disk0", true, () -> {});
    assertTrue(refusal(() -> backends.claim("d0", false)).contains("is already in use by another device"));
    backends.release(backend);
    assertEquals(List.of(), backends.all());
    backends.addDrive(drive(",id=d0"));
  }

  @Test
  void aNodeStaysWhenItsDeviceGoes() {
    backends.addNode(node("driver=file,node-name=f0,filename=" + file));
    backends.addNode(node("driver=raw,node-name=r0,file=f0"));
    assertTrue(refusal(() -> backends.deleteNode("f0")).contains("Node f0 is in use: node 'r0' has it"));
    BlockBackend backend = backends.claim("r0", false);
    assertTrue(refusal(() -> backends.claim("r0", false)).contains("Node 'r0' is in use"));
    assertTrue(refusal(() -> backends.deleteNode("r0")).contains("is in use"));
    backends.release(backend);
    backends.deleteNode("r0");
    backends.deleteNode("f0");
    assertTrue(refusal(() -> backends.deleteNode("f0")).contains("Failed to find node with node-name='f0'"));
    assertEquals(List.of(), backends.nodes());
  }

  @Test
  void aNodeThatCameWithItsChildTakesItAlong() {
    backends.addNode(node("driver=raw,node-name=r0,file.driver=file,file.filename=" + file));
    backends.deleteNode("r0");
    backends.addNode(node("driver=raw,node-name=r0,file.driver=file,file.node-name=f0,file.filename=" + file));
    backends.deleteNode("r0");
    assertEquals(List.of("f0"), backends.nodes().stream().map(BlockNode::name).toList());
  }

  @Test
  void twoWritersOfAFileAreKeptApart() {
    backends.addDrive(drive(",id=a"));
    backends.addDrive(drive(",id=b"));
    backends.addDrive(drive(",id=reader,readonly=on"));
    BlockBackend first = backends.claim("a", false);
    assertEquals("Failed to get \"write\" lock; is another process using the image [" + file + "]?",
        refusal(() -> backends.claim("b", false)));
    assertEquals("Failed to get shared \"write\" lock; is another process using the image [" + file + "]?",
        refusal(() -> backends.claim("reader", false)));
    backends.release(first);
    BlockBackend second = backends.claim("b", true);
    backends.release(backends.claim("reader", true));
    backends.release(second);
  }

  @Test
  void twoReadersMayShareAFile() {
    backends.addDrive(drive(",id=a,readonly=on"));
    backends.addDrive(drive(",id=b,readonly=on"));
    backends.claim("a", false);
    backends.claim("b", false);
  }

  @Test
  void aDiskIsMadeLongerAndItsDeviceIsNotified() throws IOException {
    backends.addDrive(drive(",id=d0"));
    int[] notified = new int[1];
    backends.claim("d0", false).attached("/machine/peripheral/disk0", true, () -> notified[0]++);
    backends.resize("d0", 1 << 20);
    assertEquals(1 << 20, Files.size(file));
    assertEquals(1, notified[0]);
    assertEquals(1 << 20, backends.all().getFirst().sizeBytes());
    assertTrue(refusal(() -> backends.resize("d0", 1000)).contains("multiple of 512"));
    assertTrue(refusal(() -> backends.resize("none", 1024)).contains("Failed to find node"));
  }

  @Test
  void anImageOfAnotherFormatIsNotTakenForARawOneUnasked() throws IOException {
    byte[] qcow2 = new byte[8192];
    System.arraycopy(new byte[]{'Q', 'F', 'I', (byte) 0xfb}, 0, qcow2, 0, 4);
    Files.write(file, qcow2);
    String told = refusal(() -> backends.addDrive(drive(",id=d0")));
    assertTrue(told.contains("looks like an image of format qcow2"), told);
    backends.addDrive(drive(",id=d0,format=raw"));
  }

  @Test
  void whatCannotBeOpenedIsASentence() {
    String told = refusal(() -> backends.addNode(node("driver=file,node-name=a,filename=" + scratch.resolve("none"))));
    assertEquals("Could not open '" + scratch.resolve("none") + "': no such file or directory (ENOENT)", told);
    told = refusal(() -> backends.addNode(node("driver=host_device,node-name=a,filename=" + file)));
    assertEquals("'host_device' driver requires '" + file + "' to be a block device", told);
    assertTrue(refusal(() -> backends.claim("none", false)).contains("can't find value 'none'"));
    assertEquals(Optional.empty(), backends.all().stream().findAny());
  }
}

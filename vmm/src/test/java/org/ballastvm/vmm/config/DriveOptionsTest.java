package org.ballastvm.vmm.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.vmm.config.ImageConfig.Aio;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriveOptionsTest {
  private static DriveConfig drive(String text) {
    return DriveOptions.parse(KeyValues.parse("-drive", text, "file"), 0);
  }

  private static String refusal(String text) { return assertThrows(UserError.class, () -> drive(text)).getMessage(); }

  private static BlockdevConfig node(String text) {
    return BlockdevOptions.parse(KeyValues.parse("-blockdev", text, "driver"));
  }

  private static String nodeRefusal(String text) {
    return assertThrows(UserError.class, () -> node(text)).getMessage();
  }

  @Test
  void aFileIsEnough() {
    DriveConfig drive = drive("file=/a/b.img");
    assertEquals("virtio0", drive.id());
    assertTrue(drive.plugged());
    assertEquals(new ImageConfig(Path.of("/a/b.img"), false, false, false, false, Aio.THREADS, false,
        ImageConfig.Locking.AUTO, false, true), drive.image());
    assertEquals(new DriveConfig.Use(true, ErrorPolicy.ENOSPC, ErrorPolicy.REPORT, 0, 0), drive.use());
  }

  @ParameterizedTest
  @CsvSource({"none, true, true, false", "writeback, true, false, false", "writethrough, false, false, false",
      "directsync, false, true, false", "unsafe, true, false, true"})
  void aCacheIsThreeSwitches(String word, boolean writeback, boolean direct, boolean noFlush) {
    DriveConfig drive = drive("file=x,cache=" + word);
    assertEquals(writeback, drive.use().writeCache());
    assertEquals(direct, drive.image().direct());
    assertEquals(noFlush, drive.image().noFlush());
  }

  @Test
  void anotherFormatIsAnothersWork() {
    assertEquals(Optional.of("qcow2"), drive("file=x,format=qcow2,cache=none").format());
    assertEquals(Optional.empty(), drive("file=x,format=raw").format());
    assertEquals(Optional.empty(), drive("file=x").format());
  }

  @Test
  void allWordsTogether() {
    DriveConfig drive = drive("if=none,id=d0,file=x,format=raw,readonly=on,cache=none,cache.no-flush=on,aio=io_uring,"
        + "discard=unmap,snapshot=on,werror=stop,rerror=ignore,throttling.bps-total=10M,throttling.iops-total=100,"
        + "node-name=n0,media=disk,index=3,file.locking=off,detect-zeroes=off");
    assertEquals(new DriveConfig("d0", Optional.of("n0"), new ImageConfig(Path.of("x"), false, true, true, true,
        Aio.IO_URING, true, ImageConfig.Locking.OFF, true, false),
        new DriveConfig.Use(true, ErrorPolicy.STOP, ErrorPolicy.IGNORE, 10 << 20, 100), false), drive);
    assertTrue(drive("file=x,media=cdrom").image().readOnly());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
      "file=x,format=luks | format=luks: Ballast's own disks are raw alone; -drive has qemu-storage-daemon (Debian: "
          + "qemu-system-common)",
      "file=x,format=qcow2,snapshot=on | format=qcow2: qemu-storage-daemon has the disk, without snapshot",
      "file=x,format=qcow2,cache=writethrough | without cache=writethrough and cache=directsync",
      "file=x,format=vmdk,throttling.bps-total=1M | without throttling",
      "file=x,format=vmdk,werror=stop | without werror and rerror", "file=x,if=ide | if=ide: Ballast has virtio alone",
      "file=x,if=usb | unsupported bus type 'usb'", "file=nbd://host/x | protocol=nbd: Ballast's own disks are files",
      "file=x,cache=fast | cache=fast must be none, writeback",
      "file=x,aio=native | aio=native: Ballast has no Linux AIO",
      "file=x,aio=best | aio=best: must be threads or io_uring",
      "file=x,werror=panic | 'panic' invalid write error action",
      "file=x,rerror=enospc | 'enospc' invalid read error action",
      "file=x,discard=yes | discard=yes must be ignore or unmap",
      "file=x,throttling.bps-read=1 | throttling.bps-read=1: Ballast limits all of a disk",
      "file=x,copy-on-read=on | copy-on-read=on: Ballast does not do this",
      "if=none,id=a | parameter 'file' is missing",
      "file=x,geometry=1 | there is no property 'geometry'; allowed are file, if, id"})
  void whatBallastDoesNotHaveIsRefusedByName(String text, String told) {
    String message = refusal(text);
    assertTrue(message.contains(told), message);
  }

  @Test
  void aNodeHasItsChildWithIt() {
    BlockdevConfig raw = node("driver=raw,node-name=disk0,read-only=on,file.driver=file,file.filename=/x,"
        + "file.node-name=file0,cache.direct=on,discard=unmap");
    assertEquals(Optional.of("disk0"), raw.nodeName());
    BlockdevConfig file = raw.child().orElseThrow();
    assertEquals(Optional.of("file0"), file.nodeName());
    ImageConfig image = file.image().orElseThrow();
    assertTrue(image.readOnly() && image.direct() && image.discard());
    assertFalse(image.guessed());
  }

  @Test
  void anObjectOfJsonIsTheSame() {
    Map<String, Object> json = Map.of("driver", "raw", "node-name", "disk0", "file",
        Map.of("driver", "host_device", "filename", "/dev/sda"), "cache", Map.of("no-flush", true));
    BlockdevConfig raw = BlockdevOptions
        .parse(KeyValues.of("-blockdev", BlockdevOptions.flat(json), "driver"));
    ImageConfig image = raw.child().orElseThrow().image().orElseThrow();
    assertTrue(image.hostDevice() && image.noFlush());
    assertEquals(Optional.empty(), raw.child().orElseThrow().nodeName());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
      "driver=qcow2,node-name=a,file=b | driver=qcow2: Ballast's own disks are raw",
      "driver=nbd,node-name=a | driver=nbd", "driver=throttle,node-name=a | limits are throttling.bps-total",
      "driver=strange,node-name=a | Unknown driver 'strange'; there are raw, file and host_device",
      "driver=file,filename=x | 'node-name' must be specified",
      "driver=file,node-name=1a,filename=x | Invalid node-name",
      "driver=file,node-name=a | parameter 'filename' is missing",
      "driver=raw,node-name=a,file=b,offset=5 | offset=5: a raw node of Ballast's is all",
      "driver=file,node-name=a,filename=x,pr-manager=y | there is no property 'pr-manager'"})
  void aNodeOfAnotherKindIsRefusedByName(String text, String told) {
    String message = nodeRefusal(text);
    assertTrue(message.contains(told), message);
  }

  @Test
  void aDriveBringsItsDevice() {
    DiskConfig disks = new DiskConfig(List.of(), List.of(drive("file=x"), drive("file=y,if=none,id=b")));
    List<DeviceConfig> devices = disks.withDevices(List.of(new DeviceConfig.Panic(Optional.empty())));
    assertEquals(List.of(DeviceConfig.Blk.of("virtio0"), new DeviceConfig.Panic(Optional.empty())), devices);
  }
}

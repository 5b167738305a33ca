package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ballastvm.kvm.DiskFile;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.block.BlockBackend;
import org.ballastvm.vmm.block.BlockBackend.IoStatus;
import org.ballastvm.vmm.block.BlockNode;
import org.ballastvm.vmm.block.ForeignDrives;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.ImageConfig;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-block} */
public final class QueryBlock implements QmpCommand<QmpCommand.NoArguments, List<QueryBlock.BlockInfo>> {
  /** A disk. */
  public record BlockInfo(@Member("id of its drive; empty if it has none") String device,
      @Member("where its device is in the object tree, if it has one") Optional<String> qdev,
      @Member("unknown: nobody needs it") String type, @Member("never") boolean removable,
      @Member("never") boolean locked, @Member("what it is made of") BlockDeviceInfo inserted,
      @Member("whether it works, if it has a device") Optional<IoStatus> ioStatus) {}

  /** What a disk is made of. */
  public record BlockDeviceInfo(@Member("the host's file") String file,
      @Member("the name of its node; empty if another program has it") String nodeName,
      @Member("whether it is only read") boolean ro, @Member("its driver") String drv,
      @Member("never") boolean encrypted, @Member(value = "off", name = "detect_zeroes") String detectZeroes,
      @Member("bytes in a second; 0 for no limit") long bps,
      @Member(value = "always 0", name = "bps_rd") long bpsRd, @Member(value = "always 0", name = "bps_wr") long bpsWr,
      @Member("requests in a second; 0 for no limit") long iops,
      @Member(value = "always 0", name = "iops_rd") long iopsRd,
      @Member(value = "always 0", name = "iops_wr") long iopsWr, @Member("its file") ImageInfo image,
      @Member("what is cached") CacheInfo cache,
      @Member(value = "always 0", name = "write_threshold") long writeThreshold) {}

  /** A file. */
  public record ImageInfo(@Member("its name") String filename,
      @Member("raw, or the format that another program knows") String format,
      @Member("its size in bytes; 0 if another program is to have it, and no device asks for it yet") long virtualSize,
      @Member("the bytes that the host holds for it on disk") long actualSize,
      @Member("whether it was not closed properly; never") boolean dirtyFlag) {}

  /** What is cached. */
  public record CacheInfo(@Member("whether a write may be lost until a flush") boolean writeback,
      @Member("whether the host's page cache is passed by") boolean direct,
      @Member("whether flushes are passed over") boolean noFlush) {}

  @Override
  public String name() { return "query-block"; }

  @Override
  public String help() { return "Lists the disks."; }

  @Override
  public List<BlockInfo> run(Machine vm, NoArguments arguments) {
    return Stream.concat(vm.disks().all().stream().map(QueryBlock::info),
        vm.foreignDisks().all().stream().map(drive -> info(drive, vm.foreignDisks().device(drive.id())))).toList();
  }

  /** What another program has is known as far as the user and the device's registers say it. */
  private static BlockInfo info(DriveConfig drive, Optional<ForeignDrives.Device> device) {
    ImageConfig image = drive.image();
    String file = image.file().toString();
    String format = drive.format().orElse("raw");
    return new BlockInfo(drive.id(), device.map(those -> those.path() + "/virtio-backend"), "unknown", false, false,
        new BlockDeviceInfo(file, "", image.readOnly(), format, false, "off", 0, 0, 0, 0, 0, 0,
            new ImageInfo(file, format, device.map(those -> those.sizeBytes().getAsLong()).orElse(0L),
                allocatedBytes(image), false),
            new CacheInfo(true, image.direct(), image.noFlush()), 0),
        Optional.empty());
  }

  /** 0 if the file cannot be looked at any more. */
  private static long allocatedBytes(ImageConfig image) {
    try (DiskFile file = DiskFile.open(image.file(), true, false)) {
      return file.allocatedBytes();
    } catch (HostError gone) {
      return 0;
    }
  }

  private static BlockInfo info(BlockBackend backend) {
    BlockNode node = backend.node();
    DriveConfig.Use use = backend.use();
    String file = node.image().file().toString();
    return new BlockInfo(backend.id().orElse(""), backend.device().map(path -> path + "/virtio-backend"), "unknown",
        false, false,
        new BlockDeviceInfo(file, node.name(), node.isReadOnly(), node.driver(), false, "off", use.bytesPerSecond(), 0,
            0,
            use.requestsPerSecond(), 0, 0,
            new ImageInfo(file, node.driver(), node.sizeBytes(), node.allocatedBytes(), false),
            new CacheInfo(backend.writeCache(), node.image().direct(), node.image().noFlush()), 0),
        backend.device().map(path -> backend.status()));
  }
}

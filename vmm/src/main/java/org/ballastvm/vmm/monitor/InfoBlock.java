package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.ballastvm.vmm.block.BlockBackend.IoStatus;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryBlock;
import org.ballastvm.vmm.machine.Machine;

/** {@code info block [DEVICE]} */
final class InfoBlock implements Command {
  @Override
  public List<String> names() { return List.of("block"); }

  @Override
  public String parameters() { return "[device]"; }

  @Override
  public String help() { return "show info of one block device or all block devices"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String wanted = arguments.rest().strip();
    return new QueryBlock().run(vm, NoArguments.NONE).stream()
        .filter(disk -> wanted.isEmpty() || wanted.equals(disk.device()) || wanted.equals(disk.inserted().nodeName()))
        .map(InfoBlock::show).collect(Collectors.joining("\n"));
  }

  private static String show(QueryBlock.BlockInfo disk) {
    QueryBlock.BlockDeviceInfo inserted = disk.inserted();
    StringBuilder text = new StringBuilder();
    text.append(name(disk.device(), inserted.nodeName()))
        .append(": ").append(inserted.file()).append(" (").append(inserted.drv())
        .append(inserted.ro() ? ", read-only" : "").append(")\n");
    disk.qdev().ifPresent(path -> text.append("    Attached to:      ").append(path).append('\n'));
    disk.ioStatus().filter(status -> status != IoStatus.OK).ifPresent(
        status -> text.append("    I/O status:       ").append(status.name().toLowerCase(Locale.ROOT)).append('\n'));
    QueryBlock.CacheInfo cache = inserted.cache();
    text.append("    Cache mode:       ").append(cache.writeback() ? "writeback" : "writethrough")
        .append(cache.direct() ? ", direct" : "").append(cache.noFlush() ? ", ignore flushes" : "").append('\n');
    if (inserted.bps() != 0 || inserted.iops() != 0) {
      text.append("    I/O throttling:   bps=").append(inserted.bps())
          .append(" bps_rd=0 bps_wr=0 bps_max=0 bps_rd_max=0 bps_wr_max=0 iops=").append(inserted.iops())
          .append(" iops_rd=0 iops_wr=0 iops_max=0 iops_rd_max=0 iops_wr_max=0 iops_size=0 group=")
          .append(disk.device()).append('\n');
    }
    return text.toString();
  }

  private static String name(String device, String node) {
    return device.isEmpty() ? node : node.isEmpty() ? device : device + " (" + node + ")";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? BlockResizeCommand.disks(vm) : List.of();
  }
}

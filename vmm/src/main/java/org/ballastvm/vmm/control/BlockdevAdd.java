package org.ballastvm.vmm.control;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ballastvm.vmm.config.BlockdevOptions;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code blockdev-add} */
public final class BlockdevAdd implements QmpCommand<BlockdevAdd.BlockdevOptionsGiven, QmpCommand.Done> {
  /** A node to make. */
  public record BlockdevOptionsGiven(@Member("file, host_device or raw") String driver,
      @Member("its name, not taken yet") String nodeName,
      @Member(value = "its properties", rest = true) Map<String, Object> properties) {}

  @Override
  public String name() { return "blockdev-add"; }

  @Override
  public String help() { return "Makes a node that disks are made of."; }

  @Override
  public Done run(Machine vm, BlockdevOptionsGiven given) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("driver", given.driver());
    all.put("node-name", given.nodeName());
    all.putAll(BlockdevOptions.flat(given.properties()));
    vm.disks().addNode(BlockdevOptions.parse(KeyValues.of("", all, "driver")));
    return Done.DONE;
  }
}

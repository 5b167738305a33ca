package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.block.BlockBackend;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.control.BlockResize;
import org.ballastvm.vmm.machine.Machine;

/** {@code block_resize DEVICE SIZE} */
final class BlockResizeCommand implements Command {
  private static final long MIB = 1 << 20;

  @Override
  public List<String> names() { return List.of("block_resize"); }

  @Override
  public String parameters() { return "device size"; }

  @Override
  public String help() { return "resize a block image"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String device = arguments.word();
    String size = arguments.word();
    arguments.end();
    new BlockResize().run(vm,
        new BlockResize.Size(Optional.of(device), Optional.empty(), ByteSize.parse("block_resize " + size, size, MIB)));
    return "";
  }

  /** What a disk can be called. */
  static List<String> disks(Machine vm) {
    return vm.disks().all().stream().map(BlockBackend::name).toList();
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? disks(vm) : List.of();
  }
}

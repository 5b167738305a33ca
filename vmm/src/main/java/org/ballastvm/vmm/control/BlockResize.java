package org.ballastvm.vmm.control;

import java.util.Optional;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code block_resize} */
public final class BlockResize implements QmpCommand<BlockResize.Size, QmpCommand.Done> {
  /** A disk and its size. */
  public record Size(@Member("id of its drive, or path of its device") Optional<String> device,
      @Member("the name of its node") Optional<String> nodeName,
      @Member("in bytes, a multiple of 512") long size) {}

  @Override
  public String name() { return "block_resize"; }

  @Override
  public String help() { return "Gives a disk another size, which its guest is notified of."; }

  @Override
  public Done run(Machine vm, Size wanted) {
    if (wanted.device().isPresent() == wanted.nodeName().isPresent()) {
      throw new UserError("Cannot find device='" + wanted.device().orElse("") + "' nor node-name='"
          + wanted.nodeName().orElse("") + "': one of the two must be given");
    }
    vm.disks().resize(wanted.device().or(wanted::nodeName).orElseThrow(), wanted.size());
    return Done.DONE;
  }
}

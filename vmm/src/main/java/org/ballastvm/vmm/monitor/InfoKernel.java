package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryKernel;
import org.ballastvm.vmm.control.QueryKernel.KernelInfo;
import org.ballastvm.vmm.machine.Machine;

/** {@code info kernel} */
final class InfoKernel implements Command {
  @Override
  public List<String> names() { return List.of("kernel"); }

  @Override
  public String help() { return "show which Linux runs in the guest, and where (read from guest memory)"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    KernelInfo info = new QueryKernel().run(vm, NoArguments.NONE);
    return "%s\nrelease: %s\nkaslr offset: 0x%x\nsymbols: %d\n".formatted(info.banner(), info.release(),
        info.kaslrOffset(), info.symbols());
  }
}

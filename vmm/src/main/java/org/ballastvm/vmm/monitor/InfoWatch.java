package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryWatch;
import org.ballastvm.vmm.control.QueryWatch.HitInfo;
import org.ballastvm.vmm.machine.Machine;

/** {@code info watch} */
final class InfoWatch implements Command {
  @Override
  public List<String> names() { return List.of("watch"); }

  @Override
  public String help() { return "show which addresses 'watch_address' watches, and who stopped the guest there"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    QueryWatch.WatchInfo info = new QueryWatch().run(vm, NoArguments.NONE);
    StringBuilder text = new StringBuilder();
    info.watches().forEach(watch -> text.append("%016x: %d bytes, %s\n".formatted(watch.address(), watch.size(),
        watch.reads() ? "reads and writes" : "writes")));
    info.hit().ifPresent(hit -> hit(text, hit));
    return text.toString();
  }

  private static void hit(StringBuilder text, HitInfo hit) {
    text.append("met by CPU#%d%s at %016x, before %016x\n".formatted(hit.cpuIndex(),
        hit.task().map(task -> " " + task).orElse(""), hit.address(), hit.ip()));
    hit.frames().forEach(frame -> text.append("  ").append(frame.symbol()).append('\n'));
  }
}

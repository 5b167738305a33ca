package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.memory.WriteLog;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-watch-pages} */
public final class WatchPages implements QmpCommand<WatchPages.Wanted, QmpCommand.Done> {
  /** What is wanted. */
  public record Wanted(@Member("whether writes are noted from now on; true forgets those noted before") boolean on) {}

  @Override
  public String name() { return "x-ballast-watch-pages"; }

  @Override
  public String help() {
    return "Notes which pages of guest memory are written to, or no more. A reset ends it. Meanwhile the host maps the"
        + " guest's memory by 4 KiB, and free page hinting is refused.";
  }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public Done run(Machine vm, Wanted wanted) {
    WriteLog log = new WriteLog(vm.ram());
    if (wanted.on()) {
      vm.whileVcpusAreOut(log::begin);
    } else {
      log.end();
    }
    return Done.DONE;
  }
}

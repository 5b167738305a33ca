package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.control.QueryPageTable;
import org.ballastvm.vmm.control.QueryPageTable.PageTableInfo;
import org.ballastvm.vmm.control.QueryPageTable.Wanted;
import org.ballastvm.vmm.machine.Machine;

/** {@code info page-table [-k] ADDR} */
final class InfoPageTable implements Command {
  @Override
  public List<String> names() { return List.of("page-table"); }

  @Override
  public String parameters() { return "[-k] addr"; }

  @Override
  public String help() {
    return "show where page tables lead from 'addr', entry by entry (-k: by the kernel's tables, where user mode has others)";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    boolean kernel = arguments.flag('k');
    long address = arguments.number();
    arguments.end();
    return text(address, new QueryPageTable().run(vm, new Wanted(address, Optional.empty(), Optional.of(kernel))));
  }

  private static String text(long address, PageTableInfo info) {
    StringBuilder text = new StringBuilder(info.levels() == 0
        ? "%016x: no paging\n".formatted(address)
        : "%016x: %d levels from %016x\n".formatted(address, info.levels(), info.top()));
    info.entries().forEach(entry -> text.append("  %-4s %016x: %016x %s\n".formatted(
        entry.level().toUpperCase(Locale.ROOT), entry.address(), entry.value(), entry.flags())));
    info.page().ifPresent(page -> text.append("mapped: %016x, page of %s, %s\n".formatted(page.address(),
        ByteSize.describe(page.size()), page.place())));
    info.ending().ifPresent(ending -> text.append("not mapped: ").append(ending).append('\n'));
    return text.toString();
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? List.of("-k") : List.of();
  }
}

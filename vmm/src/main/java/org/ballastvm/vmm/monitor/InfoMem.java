package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.look.CpuState;
import org.ballastvm.vmm.look.PageMap;
import org.ballastvm.vmm.look.PageTables;
import org.ballastvm.vmm.machine.Machine;

/** {@code info mem} and {@code info tlb}: what the page tables of the first CPU map. */
final class InfoMem implements Command {
  private final boolean eachPage;

  private InfoMem(boolean eachPage) { this.eachPage = eachPage; }

  /** {@code info mem} */
  static InfoMem ranges() { return new InfoMem(false); }

  /** {@code info tlb} */
  static InfoMem pages() { return new InfoMem(true); }

  @Override
  public List<String> names() { return List.of(eachPage ? "tlb" : "mem"); }

  @Override
  public String help() {
    return eachPage ? "show virtual to physical memory mappings" : "show the active virtual memory mappings";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    PageTables tables = new PageTables(vm.ram(), CpuState.of(vm, 0));
    return eachPage ? PageMap.pages(tables) : PageMap.ranges(tables);
  }
}

package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ballastvm.vmm.look.CpuState;
import org.ballastvm.vmm.look.PageEntry;
import org.ballastvm.vmm.look.PageTables;
import org.ballastvm.vmm.look.Translation;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-query-page-table} */
public final class QueryPageTable implements QmpCommand<QueryPageTable.Wanted, QueryPageTable.PageTableInfo> {
  /** Which address. */
  public record Wanted(@Member("virtual") long address,
      @Member("whose page tables count, from 0; the first without") Optional<Long> cpuIndex,
      @Member("by the kernel's tables, where a processor in user mode has others; default false") Optional<Boolean> kernel) {}

  /** Where it leads. */
  public record PageTableInfo(@Member("of the topmost table, physical") long top,
      @Member("0 without paging") int levels,
      @Member("on the way, the topmost first, up to that which maps the page or leads nowhere") List<EntryInfo> entries,
      @Member("why no page is mapped; missing if one is") Optional<String> ending,
      @Member("the page that is mapped") Optional<PageInfo> page) {}

  /** A page. */
  public record PageInfo(@Member("physical, of the address itself") long address,
      @Member("of the page, in bytes: 4096, 2097152, 4194304 or 1073741824") long size,
      @Member("what is there: ram, a memory device by its id, registers, nothing") String place) {}

  /** An entry of a table. */
  public record EntryInfo(@Member("of its table: pml5, pml4, pdpt, pd or pt") String level,
      @Member("physical, of the entry") long address, @Member("what it holds") long value,
      @Member("X not executable, G global, P large page, D dirty, A accessed, C uncached, T write-through, U user, W"
          + " writable; a dash for each that it has not") String flags) {}

  @Override
  public String name() { return "x-ballast-query-page-table"; }

  @Override
  public String help() {
    return "Returns where the guest's page tables lead from a virtual address, entry by entry. Nothing is marked as accessed.";
  }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public PageTableInfo run(Machine vm, Wanted wanted) {
    CpuState cpu = CpuState.of(vm, Memsave.cpu(vm, wanted.cpuIndex()));
    PageTables tables = wanted.kernel().orElse(false)
        ? PageTables.ofKernel(vm.ram(), cpu)
        : new PageTables(vm.ram(), cpu);
    int levels = tables.isPaging() ? tables.levelCount() : 0;
    Translation way = tables.walk(wanted.address());
    List<EntryInfo> entries = way.entries().stream().map(QueryPageTable::info).toList();
    return switch (way) {
      case Translation.Mapped mapped -> new PageTableInfo(tables.top(), levels, entries, Optional.empty(),
          Optional.of(new PageInfo(mapped.physical(), mapped.pageBytes(), PhysicalPlace.words(vm, mapped.physical()))));
      case Translation.NotMapped not -> new PageTableInfo(tables.top(), levels, entries,
          Optional.of(not.ending().words()), Optional.empty());
    };
  }

  private static EntryInfo info(PageEntry entry) {
    return new EntryInfo(entry.level().name().toLowerCase(Locale.ROOT), entry.at(), entry.value(), entry.flags());
  }
}

package org.ballastvm.vmm.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.memory.WriteLog;
import org.ballastvm.vmm.memory.WrittenRange;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-query-written-pages} */
public final class QueryWrittenPages implements QmpCommand<QueryWrittenPages.Wanted, QueryWrittenPages.WrittenInfo> {
  private static final int MOST = 4096;

  /** Where to look. */
  public record Wanted(@Member("the first physical address; 0 without") Optional<Long> address,
      @Member("in bytes; all memory from there on without") Optional<Long> size) {}

  /** What was written. */
  public record WrittenInfo(@Member("in the order of addresses, at most 4096") List<RangeInfo> ranges,
      @Member("whether there are others behind those") boolean more) {}

  /** A range that was written. */
  public record RangeInfo(@Member("physical, a multiple of 4096") long address, @Member("in bytes") long size,
      @Member("vcpus, devices or both; unknown for memory that has come since") String by) {}

  @Override
  public String name() { return "x-ballast-query-written-pages"; }

  @Override
  public String help() {
    return "Returns which pages of guest memory were written to since x-ballast-watch-pages, and by whom.";
  }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public WrittenInfo run(Machine vm, Wanted wanted) {
    long address = wanted.address().orElse(0L);
    long size = wanted.size().orElse(Long.MAX_VALUE);
    if (address < 0 || size <= 0) {
      throw new UserError("Parameter '" + (address < 0
          ? "address' is " + address + ": must be 0 or more"
          : "size' is " + size + ": must be 1 or more"));
    }
    List<WrittenRange> found = new ArrayList<>();
    vm.whileVcpusAreOut(() -> found.addAll(new WriteLog(vm.ram()).written(address, size, MOST + 1)));
    return new WrittenInfo(found.stream().limit(MOST)
        .map(range -> new RangeInfo(range.gpa(), range.sizeBytes(), range.by().words())).toList(), found.size() > MOST);
  }
}

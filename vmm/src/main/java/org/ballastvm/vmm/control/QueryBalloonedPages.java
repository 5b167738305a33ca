package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.memory.BalloonedPages;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-query-ballooned-pages} */
public final class QueryBalloonedPages
    implements
      QmpCommand<QmpCommand.NoArguments, QueryBalloonedPages.BalloonedInfo> {
  private static final int MOST = 4096;

  /** What is in the balloon. */
  public record BalloonedInfo(@Member("in the balloon, and given back to the host, in bytes") long held,
      @Member("how much of that the host holds in memory all the same, in bytes") long resident,
      @Member("how much of that is not all zeros: somebody has written to it") long written,
      @Member("where, in the order of addresses, at most 4096") List<RangeInfo> ranges) {}

  /** A range. */
  public record RangeInfo(@Member("physical") long address, @Member("in bytes") long size) {}

  @Override
  public String name() { return "x-ballast-query-ballooned-pages"; }

  @Override
  public String help() { return "Returns which pages somebody has written to while they are in the balloon."; }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public BalloonedInfo run(Machine vm, NoArguments arguments) {
    BalloonedPages pages = BalloonedPages.of(vm.ram(), MOST);
    return new BalloonedInfo(pages.heldBytes(), pages.residentBytes(), pages.writtenBytes(),
        pages.written().stream().map(range -> new RangeInfo(range.base(), range.sizeBytes())).toList());
  }
}

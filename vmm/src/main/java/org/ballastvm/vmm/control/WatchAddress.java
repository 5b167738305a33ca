package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ballastvm.kvm.GuestDebug;
import org.ballastvm.kvm.GuestDebug.Access;
import org.ballastvm.kvm.GuestDebug.Step;
import org.ballastvm.kvm.GuestDebug.Watch;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.DebugControl.Wishes;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-watch-address} */
public final class WatchAddress implements QmpCommand<WatchAddress.Wanted, QmpCommand.Done> {
  private static final long MOST_BYTES = (long) GuestDebug.MOST_WATCHES * Long.BYTES;

  /** What is watched. */
  public record Wanted(@Member("virtual; nothing is watched any more without") Optional<Long> address,
      @Member("in bytes, 1 to 32; 8 without") Optional<Long> size,
      @Member("whether reads count, too; default false") Optional<Boolean> reads) {}

  @Override
  public String name() { return "x-ballast-watch-address"; }

  @Override
  public String help() {
    return "Stops the guest (debug) when one of its processors writes to a virtual address, by debug registers; in place"
        + " of what was watched before. x-ballast-query-watch says who it was.";
  }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public Done run(Machine vm, Wanted wanted) {
    if (vm.debug().hasClient()) {
      throw new UserError("addresses cannot be watched: GDB is connected, and has the debug registers");
    }
    List<Watch> watches = wanted.address().map(address -> watches(address, wanted)).orElse(List.of());
    vm.debug().set(new Wishes(Set.of(), watches, Step.NONE));
    return Done.DONE;
  }

  private static List<Watch> watches(long address, Wanted wanted) {
    long size = wanted.size().orElse((long) Long.BYTES);
    if (size < 1 || size > MOST_BYTES) {
      throw new UserError("Parameter 'size' is " + size + ": must be 1 to " + MOST_BYTES);
    }
    List<Watch> watches = Watch.covering(wanted.reads().orElse(false) ? Access.ANY : Access.WRITE, address, size);
    if (watches.size() > GuestDebug.MOST_WATCHES) {
      throw new UserError(
          "Parameter 'size' is " + size + " at 0x" + Long.toHexString(address) + ": takes more than the "
              + GuestDebug.MOST_WATCHES
              + " debug registers of a processor, each of which has 1, 2, 4 or 8 bytes at a multiple of"
              + " that");
    }
    return watches;
  }
}

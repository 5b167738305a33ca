package org.ballastvm.vmm.control;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code pmemsave} */
public final class Pmemsave implements QmpCommand<Pmemsave.Wanted, QmpCommand.Done> {
  /** What is saved, and where to. */
  public record Wanted(@Member("the first physical address") long val, @Member("in bytes") long size,
      @Member("the file, which is written from its start") String filename) {}

  @Override
  public String name() { return "pmemsave"; }

  @Override
  public String help() {
    return "Saves guest memory, by physical addresses, to a file. What is no memory is saved as zeros.";
  }

  @Override
  public Done run(Machine vm, Wanted wanted) {
    GuestMemory memory = vm.ram();
    SaveFile.write(wanted.filename(), wanted.val(), wanted.size(), (at, into, length) -> {
      if (memory.contains(at, length)) {
        memory.read(at, MemorySegment.ofArray(into), 0, length);
      } else {
        Arrays.fill(into, 0, length, (byte) 0);
      }
    });
    return Done.DONE;
  }
}

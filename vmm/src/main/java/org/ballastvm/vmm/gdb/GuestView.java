package org.ballastvm.vmm.gdb;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.OptionalLong;
import org.ballastvm.vmm.config.PageSize;
import org.ballastvm.vmm.look.CpuState;
import org.ballastvm.vmm.look.LinearMemory;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.memory.GuestRam;

/** Memory as a client sees it: by the page tables of the vCPU that it looks at, or by physical addresses. */
final class GuestView {
  private final Machine vm;
  private final Choices choices;

  GuestView(Machine vm, Choices choices) {
    this.vm = vm;
    this.choices = choices;
  }

  /** What is there, up to where memory ends; none of it is a refusal. */
  byte[] read(long address, int length) {
    byte[] bytes = new byte[length];
    int done = pieces(address, length,
        (at, from, count) -> vm.ram().read(at, MemorySegment.ofArray(bytes), from, count));
    if (done == 0 && length > 0) {
      throw new Refusal(Refusal.NO_MEMORY);
    }
    return done == length ? bytes : Arrays.copyOf(bytes, done);
  }

  /** Writes all, or, where not all of it is memory, nothing. Pages that the guest may not write to are written. */
  void write(long address, byte[] bytes) {
    if (pieces(address, bytes.length, (at, from, count) -> {
      // A look whether it is there.
    }) < bytes.length) {
      throw new Refusal(Refusal.NO_MEMORY);
    }
    pieces(address, bytes.length, (at, from, count) -> vm.ram().write(at, MemorySegment.ofArray(bytes), from, count));
  }

  /** The physical address of a byte that is memory. */
  OptionalLong physical(long address) {
    OptionalLong at = translated(memory(), address);
    return at.isPresent() && vm.ram().contains(at.getAsLong(), 1) ? at : OptionalLong.empty();
  }

  private interface Piece {
    void at(long physical, int from, int count);
  }

  private int pieces(long address, int length, Piece piece) {
    GuestRam ram = vm.ram();
    LinearMemory memory = memory();
    int done = 0;
    while (done < length) {
      long at = address + done;
      int step = (int) Math.min(length - done, PageSize.BYTES - (at & PageSize.BYTES - 1));
      OptionalLong physical = translated(memory, at);
      if (physical.isEmpty() || !ram.contains(physical.getAsLong(), step)) {
        break;
      }
      piece.at(physical.getAsLong(), done, step);
      done += step;
    }
    return done;
  }

  private LinearMemory memory() { return new LinearMemory(vm.ram(), CpuState.of(vm, choices.looksAt)); }

  private OptionalLong translated(LinearMemory memory, long address) {
    return choices.physical ? OptionalLong.of(address) : memory.physical(address);
  }
}

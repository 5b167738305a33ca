package org.ballastvm.vmm.monitor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.vmm.machine.Machine;

/** {@code pmemsave ADDR SIZE FILE} */
final class PhysicalSaveCommand implements Command {
  @Override
  public List<String> names() { return List.of("pmemsave"); }

  @Override
  public String parameters() { return "addr size file"; }

  @Override
  public String help() { return "save to disk physical memory dump starting at 'addr' of size 'size'"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    long address = arguments.number();
    long size = arguments.number();
    String file = arguments.word();
    arguments.end();
    GuestMemory memory = vm.ram();
    SaveFile.write(file, address, size, (at, into, length) -> {
      // What is no memory is saved as zeros.
      if (memory.contains(at, length)) {
        memory.read(at, MemorySegment.ofArray(into), 0, length);
      } else {
        Arrays.fill(into, 0, length, (byte) 0);
      }
    });
    return "";
  }
}

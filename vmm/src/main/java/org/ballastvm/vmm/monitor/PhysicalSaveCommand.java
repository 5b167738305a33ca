package org.ballastvm.vmm.monitor;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.virtio.GuestMemory;
import org.ballastvm.vmm.machine.Machine;

/** {@code pmemsave ADDR SIZE FILE} */
final class PhysicalSaveCommand implements Command {
  private static final int STEP_BYTES = 1 << 20;
  private static final int PAGE_BYTES = 4096;

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
    try (OutputStream out = Files.newOutputStream(Path.of(file))) {
      save(vm.parts().ram(), address, size, out);
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw new MonitorError("Could not open '" + file + "': No such file or directory");
    } catch (AccessDeniedException e) {
      throw new MonitorError("Could not open '" + file + "': Permission denied");
    } catch (IOException e) {
      throw new MonitorError("Could not write '" + file + "': " + e.getMessage());
    }
    return "";
  }

  /** What is no memory is saved as zeros. */
  private static void save(GuestMemory memory, long address, long size, OutputStream out) throws IOException {
    byte[] step = new byte[STEP_BYTES];
    for (long done = 0; done < size; done += STEP_BYTES) {
      int length = (int) Math.min(STEP_BYTES, size - done);
      copy(memory, address + done, step, length);
      out.write(step, 0, length);
    }
  }

  private static void copy(GuestMemory memory, long address, byte[] into, int length) {
    MemorySegment segment = MemorySegment.ofArray(into);
    if (memory.contains(address, length)) {
      memory.read(address, segment, 0, length);
      return;
    }
    for (int at = 0; at < length;) {
      int page = (int) Math.min(length - at, PAGE_BYTES - (address + at & PAGE_BYTES - 1));
      if (memory.contains(address + at, page)) {
        memory.read(address + at, segment, at, page);
      } else {
        segment.asSlice(at, page).fill((byte) 0);
      }
      at += page;
    }
  }
}

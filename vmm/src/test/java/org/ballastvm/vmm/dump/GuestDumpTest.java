package org.ballastvm.vmm.dump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.ballastvm.kvm.FakeKvm;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.cpu.HostCpu;
import org.ballastvm.vmm.event.DumpStatus;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine of 1 GiB, of which little is used, in a file; what its registers hold is KVM's affair. */
class GuestDumpTest {
  private static final long SOMEWHERE = 0x2000_0000L;
  private static final long WORD = 0x1122_3344_5566_7788L;

  /** A program header. */
  private record Part(int type, long offset, long physical, long sizeBytes) {}

  @TempDir
  private Path directory;

  private final FakeKvm kvm = FakeKvm.begin(HostCpu.MILAN.supported());
  private final Machine vm = TestMachine.idle();

  @AfterEach
  void end() {
    vm.close();
    kvm.close();
  }

  private Path file() { return directory.resolve("core"); }

  private void dump(Optional<DumpWish.Part> part, boolean detach) {
    vm.onLoop(() -> vm.dumps().begin(new DumpWish(file(), part, detach)));
  }

  private ByteBuffer read(long offset, int bytes) throws IOException {
    try (FileChannel file = FileChannel.open(file())) {
      ByteBuffer into = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
      while (into.hasRemaining() && file.read(into, offset + into.position()) >= 0) {
        // Until all is there.
      }
      return into.flip();
    }
  }

  private List<Part> parts() throws IOException {
    int count = read(56, 2).getShort();
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ByteBuffer header = read(64 + 56L * i, 56);
      parts.add(new Part(header.getInt(0), header.getLong(8), header.getLong(24), header.getLong(32)));
    }
    return parts;
  }

  private long wordAt(long physical) throws IOException {
    Part part = parts().stream()
        .filter(each -> each.type == 1 && physical >= each.physical && physical < each.physical + each.sizeBytes)
        .findFirst().orElseThrow();
    return read(part.offset + physical - part.physical, 8).getLong();
  }

  @Test
  void memoryIsWhereItsHeadersSay() throws IOException {
    vm.ram().putLong(SOMEWHERE, WORD);
    dump(Optional.empty(), false);

    assertEquals(WORD, wordAt(SOMEWHERE));
    assertEquals(0, wordAt(SOMEWHERE + 4096));
    assertEquals(1L << 30, parts().stream().filter(part -> part.type == 1).mapToLong(Part::sizeBytes).sum());
    Part last = parts().getLast();
    assertEquals(Files.size(file()), last.offset + last.sizeBytes);
    Part notes = parts().getFirst();
    assertTrue(notes.offset + notes.sizeBytes <= parts().get(1).offset, "crash looks for them before memory");
  }

  @Test
  void theFirstNoteIsOfTheFirstProcessor() throws IOException {
    dump(Optional.empty(), false);

    Part notes = parts().getFirst();
    assertEquals(4, notes.type);
    ByteBuffer first = read(notes.offset, 20 + 336);
    assertEquals(5, first.getInt());
    assertEquals(336, first.getInt());
    assertEquals(1, first.getInt());
    assertEquals(1, first.getInt(20 + 32), "its number, from 1");
  }

  @Test
  void whatTheKernelSaysOfItselfIsFoundWithoutADevice() throws IOException {
    byte[] text = "OSRELEASE=6.1.0-test\nPAGESIZE=4096\nKERNELOFFSET=1c000000\n".getBytes(StandardCharsets.US_ASCII);
    vm.ram().write(SOMEWHERE, MemorySegment.ofArray(text), 0, text.length);
    dump(Optional.empty(), false);

    Part notes = parts().getFirst();
    byte[] all = read(notes.offset, (int) notes.sizeBytes).array();
    String said = new String(all, StandardCharsets.ISO_8859_1);
    assertTrue(said.contains("VMCOREINFO\0\0" + new String(text, StandardCharsets.US_ASCII)), said);
  }

  @Test
  void aPartIsDumpedAlone() throws IOException {
    vm.ram().putLong(SOMEWHERE, WORD);
    dump(Optional.of(new DumpWish.Part(SOMEWHERE - 0x1000, 0x3000)), false);

    assertEquals(WORD, wordAt(SOMEWHERE));
    assertEquals(2, parts().size());
    assertEquals(0x3000, parts().getLast().sizeBytes);
    UserError none = assertThrows(UserError.class, () -> dump(Optional.of(new DumpWish.Part(1L << 40, 4096)), false));
    assertTrue(none.getMessage().contains("'begin'"), none.getMessage());
  }

  @Test
  void oneThatNobodyWaitsForIsReported() throws Exception {
    CompletableFuture<MachineEvent> over = new CompletableFuture<>();
    vm.events().listen((event, when) -> {
      if (event instanceof MachineEvent.DumpCompleted) {
        over.complete(event);
      }
    });
    dump(Optional.empty(), true);

    MachineEvent.DumpCompleted completed = (MachineEvent.DumpCompleted) over.get(60, TimeUnit.SECONDS);
    assertEquals(DumpStatus.COMPLETED, completed.result().status());
    assertEquals(1L << 30, completed.result().completed());
    assertEquals(Optional.empty(), completed.error());
  }

  @Test
  void whatCannotBeWrittenLeavesNoFile() {
    assertThrows(UserError.class,
        () -> vm.onLoop(() -> vm.dumps().begin(new DumpWish(directory, Optional.empty(), false))));
    Path nowhere = directory.resolve("none").resolve("core");
    assertThrows(UserError.class,
        () -> vm.onLoop(() -> vm.dumps().begin(new DumpWish(nowhere, Optional.empty(), false))));
    assertFalse(Files.exists(nowhere));
  }
}

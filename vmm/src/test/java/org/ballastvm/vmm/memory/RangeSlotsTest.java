package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.virtio.mem.MemPlugger.PlugRefused;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.vmm.config.BackendConfig;
import org.junit.jupiter.api.Test;

/** How memory slots, and what is hidden, follow what is plugged. */
class RangeSlotsTest extends GuestWithRange {
  @Test
  void pluggingIsOneMoreSlotAndUnpluggingAllOfItOneLessInTheEnd() {
    range.plug(BASE, BLOCK);
    range.plug(BASE + BLOCK, 5 * BLOCK);
    assertEquals(2, range.slotCount());
    range.unplug(BASE + BLOCK, 5 * BLOCK);
    assertEquals(2, range.slotCount());
    ram.devices().follow();
    assertEquals(1, range.slotCount());
    range.plug(BASE + BLOCK, 5 * BLOCK);
    range.unplug(BASE, BLOCK);
    range.unplug(BASE + BLOCK, 5 * BLOCK);
    assertEquals(0, range.slotCount());
    assertEquals(0, holds);
  }

  @Test
  void whatIsTakenFromTheMiddleIsHiddenUntilTheGuestComesThere() throws IOException {
    range.plug(BASE, 8 * BLOCK);
    ram.putInt(BASE + 7 * BLOCK, 7);
    ram.putInt(BASE + 2 * BLOCK, 2);
    range.unplug(BASE + 2 * BLOCK, BLOCK);
    assertEquals("0 holds, 1 slots, 3 mappings", state());
    assertEquals(0, backend.mapping().residentBytes(2 * BLOCK, BLOCK));
    assertTrue(ram.contains(BASE, 2 * BLOCK) && ram.contains(BASE + 3 * BLOCK, 5 * BLOCK));
    assertThrows(GuestError.class, () -> ram.getByte(BASE + 2 * BLOCK));
    long changes = ram.devices().follow();
    assertEquals("1 holds, 2 slots, 1 mappings", state());
    assertEquals(changes, ram.devices().follow());
    assertEquals("1 holds, 2 slots, 1 mappings", state());
    assertEquals(7, ram.getInt(BASE + 7 * BLOCK));
  }

  /** Of how many kinds of access the memory is in the host's eyes, and what it took to get there. */
  private String state() throws IOException {
    long start = backend.mapping().address();
    long mappings = Files.readAllLines(Path.of("/proc/self/maps")).stream().map(line -> line.split("[- ]"))
        .filter(bounds -> Long.parseUnsignedLong(bounds[0], 16) < start + SIZE
            && Long.parseUnsignedLong(bounds[1], 16) > start && !bounds[0].startsWith("ffff"))
        .count();
    return holds + " holds, " + range.slotCount() + " slots, " + mappings + " mappings";
  }

  @Test
  void whatWasHiddenIsPluggedAgainWithoutAnotherSlotAndReadsZeros() throws IOException {
    range.plug(BASE, 8 * BLOCK);
    ram.putInt(BASE + 3 * BLOCK, 7);
    range.unplug(BASE + 2 * BLOCK, 4 * BLOCK);
    range.plug(BASE + 3 * BLOCK, BLOCK);
    assertEquals("0 holds, 1 slots, 5 mappings", state());
    assertEquals(0, ram.getInt(BASE + 3 * BLOCK));
    range.plug(BASE + 5 * BLOCK, BLOCK);
    range.plug(BASE + 2 * BLOCK, BLOCK);
    range.plug(BASE + 4 * BLOCK, BLOCK);
    assertEquals("0 holds, 1 slots, 1 mappings", state());
    range.unplug(BASE + 6 * BLOCK, 2 * BLOCK);
    range.plug(BASE + 6 * BLOCK, 4 * BLOCK); // half of it hidden, half of it without a slot
    assertEquals("0 holds, 2 slots, 1 mappings", state());
  }

  @Test
  void thereAreNeverMoreHiddenPiecesThanAreCheapForTheHost() throws IOException {
    range.plug(BASE, SIZE);
    int pieces = (int) (SIZE / BLOCK) / 2;
    for (int piece = 0; piece < pieces; piece++) {
      range.unplug(BASE + 2L * piece * BLOCK, BLOCK);
      if (piece % 16 == 0) {
        int mappings = Integer.parseInt(state().split(" ")[4]);
        assertTrue(mappings <= 2 * PluggableRange.MOST_HIDDEN + 1, state());
      }
    }
    assertEquals(pieces / (PluggableRange.MOST_HIDDEN + 1), holds);
    ram.devices().follow();
    assertEquals(pieces, range.slotCount());
    assertEquals(SIZE / 2, range.pluggedBytes(BASE, SIZE));
  }

  @Test
  void aPieceIsUnpluggedOnlyWhereThereIsASlotForWhatIsLeft() {
    long page = 4096;
    range.plug(BASE, SIZE);
    int done = 0;
    try {
      for (; done < 1000; done++) {
        range.unplug(BASE + (2L * done + 1) * page, page);
      }
    } catch (PlugRefused e) {
      assertTrue(e.getMessage().contains("no memory slot left"), e.getMessage());
    }
    assertEquals(507, done); // 509 slots where no VM says more: one for base memory, and one that there was
    assertTrue(ram.contains(BASE + (2L * done + 1) * page, page));
  }

  @Test
  void sharedAnonymousMemoryCannotBeGivenBackHiddenSoItsSlotIsCutAtOnce() {
    ram.devices().release(range);
    BackendConfig.Common shared = new BackendConfig.Common(true, false, false, false, true);
    try (MemoryBackend other = MemoryBackend.open(new BackendConfig.Ram("shared", SIZE, shared))) {
      PluggableRange cut = claim(other);
      cut.plug(BASE, 4 * BLOCK);
      ram.putInt(BASE + BLOCK, 1);
      cut.unplug(BASE + BLOCK, BLOCK);
      assertEquals(0, other.residentBytes());
      assertEquals(List.of(1, 2), List.of(holds, cut.slotCount()));
      ram.devices().release(cut);
    }
  }

  @Test
  void manyNeighboursAreMadeOneSlot() {
    for (int block = 0; block <= PluggableRange.MANY_SLOTS; block++) {
      range.plug(BASE + block * BLOCK, BLOCK);
    }
    assertEquals(1, range.slotCount());
    assertEquals(1, holds);
    for (int block = 300; block < 300 + 2 * PluggableRange.MANY_SLOTS; block += 2) {
      range.plug(BASE + block * BLOCK, BLOCK);
    }
    assertTrue(holds < 5, holds + " times for what cannot be merged");
  }

  /** A host with room for one more mapping, and then for none. */
  private record FewMappings(MemoryBackend backend, List<String> log) implements Hiding {
    @Override
    public void hide(long offset, long length) {
      if (log.contains("hide 2")) {
        throw new HostError("mprotect", Errno.ENOMEM);
      }
      log.add("hide " + offset / BLOCK);
      backend.hide(offset, length);
    }

    @Override
    public void show(long offset, long length) {
      log.add("show " + offset / BLOCK);
      backend.show(offset, length);
    }
  }

  @Test
  void whatIsHiddenStaysSoWhileItsSlotStandsThoughTheHostCanHideNoMore() {
    ram.devices().release(range);
    List<String> log = new ArrayList<>();
    FakeSlots kvm = new FakeSlots();
    kvm.whenRemoved(() -> log.add("slot removed"));
    ram.attach(kvm);
    PluggableRange full = new PluggableRange(BASE, backend, new FewMappings(backend, log), ram.slots(), Runnable::run,
        false);
    full.plug(BASE, 8 * BLOCK);
    full.unplug(BASE + 2 * BLOCK, BLOCK);
    full.unplug(BASE + 4 * BLOCK, BLOCK);
    assertEquals(List.of("hide 2", "slot removed", "show 2", "show 4"), log);
    assertEquals(6 * BLOCK, kvm.bytes(BASE, SIZE));
    full.close();
  }

  @Test
  void whereSlotsCannotBeMergedTheyStayAsTheyAre() {
    FakeSlots kvm = new FakeSlots();
    ram.attach(kvm);
    kvm.refuse(slot -> slot.gpa() >= BASE && slot.sizeBytes() > BLOCK);
    for (int block = 0; block <= PluggableRange.MANY_SLOTS + 2; block++) {
      range.plug(BASE + block * BLOCK, BLOCK);
      ram.putInt(BASE + block * BLOCK, block);
    }
    assertEquals(PluggableRange.MANY_SLOTS + 3, range.slotCount());
    assertEquals(1, holds); // and not for each block that comes
    assertEquals(PluggableRange.MANY_SLOTS + 3, kvm.bytes(BASE, SIZE) / BLOCK);
    assertEquals(PluggableRange.MANY_SLOTS, ram.getInt(BASE + PluggableRange.MANY_SLOTS * BLOCK));
  }

  @Test
  void whereASlotCannotBeCutItsMemoryIsUnpluggedByHidingAlone() {
    FakeSlots kvm = new FakeSlots();
    ram.attach(kvm);
    range.plug(BASE, 8 * BLOCK);
    kvm.refuse(slot -> slot.gpa() > BASE);
    range.unplug(BASE + 2 * BLOCK, BLOCK);
    assertThrows(HostError.class, () -> ram.devices().follow());
    assertEquals(8 * BLOCK, kvm.bytes(BASE, SIZE));
    assertThrows(GuestError.class, () -> ram.getInt(BASE + 2 * BLOCK));
    kvm.refuse(slot -> false);
    ram.devices().follow();
    assertEquals(7 * BLOCK, kvm.bytes(BASE, SIZE));
  }
}

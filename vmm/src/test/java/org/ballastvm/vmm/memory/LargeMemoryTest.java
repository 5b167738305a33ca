package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.ballastvm.virtio.UnwrittenMemory.GivenBack;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.loop.TakenTurns;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The largest guests there may be. The host is asked for nothing but addresses: no memory is reserved, little touched. */
class LargeMemoryTest {
  private static final long TIB = 1L << 40;
  private static final long MOST = MemoryConfig.MOST_BYTES;
  private static final BackendConfig.Common LAZILY = new BackendConfig.Common(false, false, false, false, true);

  private final List<MemoryBackend> backends = new ArrayList<>();
  private final FakeSlots kvm = new FakeSlots();

  private MemoryBackend backend(long sizeBytes) {
    MemoryBackend backend = MemoryBackend.open(new BackendConfig.Ram("mem" + backends.size(), sizeBytes, LAZILY));
    backends.add(backend);
    return backend;
  }

  @AfterEach
  void close() { backends.forEach(MemoryBackend::close); }

  @Test
  void aGuestOf64TebibytesHasAllOfItsMemoryAndLittleOfTheHeap() {
    long before = allocatedBytes();
    GuestRam ram = new GuestRam(GuestLayout.of(MemoryConfig.of(MOST)), backend(MOST));
    ram.attach(kvm);
    long end = MOST + GuestLayout.GIB;
    assertEquals(MOST, kvm.bytes(0, end));
    for (long gpa = GuestLayout.HIGH_BASE; gpa < end; gpa += 256 * GuestLayout.GIB) {
      ram.hold(gpa, 4096);
    }
    ram.putLong(end - 8, 77);
    assertEquals(77, ram.getLong(end - 8));
    long allocated = allocatedBytes() - before;
    assertTrue(allocated < 16 << 20, allocated + " bytes of the heap");
  }

  @Test
  void whatIsFreeOf64TebibytesIsGivenBackAndWhatDevicesWroteIsKept() {
    TakenTurns turns = new TakenTurns();
    List<GivenBack> results = new ArrayList<>();
    GuestRam ram = new GuestRam(GuestLayout.of(MemoryConfig.of(MOST)), backend(MOST));
    ram.attach(kvm);
    long before = allocatedBytes();
    UnwrittenPages pages = new UnwrittenPages(ram, Runnable::run, turns, Runnable::run);
    pages.watch();
    long gpa = 63 * TIB;
    ram.putLong(gpa + 4096, 0xda7a);
    pages.discardUnwritten(visitor -> visitor.range(gpa - 8192, 4 * 4096), (given, refused) -> results.add(given));
    turns.takeAll();
    assertEquals(3 * 4096, results.getFirst().bytes());
    assertEquals(0xda7a, ram.getLong(gpa + 4096));
    pages.close();
    long allocated = allocatedBytes() - before;
    assertTrue(allocated < 16 << 20, allocated + " bytes of the heap");
  }

  @Test
  void aLogThatTheHostHasNoRoomForEndsTheGivingBackAndNothingElse() {
    TakenTurns turns = new TakenTurns();
    List<String> results = new ArrayList<>();
    GuestRam ram = new GuestRam(GuestLayout.of(MemoryConfig.of(GuestLayout.GIB)), backend(GuestLayout.GIB));
    ram.attach(kvm);
    UnwrittenPages pages = new UnwrittenPages(ram, Runnable::run, turns, Runnable::run);
    pages.watch();
    kvm.refuse(slot -> true);
    pages.discardUnwritten(visitor -> visitor.range(0, 8192),
        (given, refused) -> results.add(given.bytes() + " bytes, " + refused.orElseThrow().getMessage()));
    turns.takeAll();
    assertEquals(
        List.of("0 bytes, what the guest wrote to could not be read: KVM_GET_DIRTY_LOG: ENOMEM (out of memory)"),
        results);
    pages.close();
  }

  @Test
  void aDeviceOf40TebibytesIsPluggedInSlotsThatKvmTakesAndUnpluggedFromTheMiddle() {
    GuestRam ram = new GuestRam(
        GuestLayout.of(new MemoryConfig(GuestLayout.GIB, 0, MOST, Optional.empty())), backend(GuestLayout.GIB));
    ram.attach(kvm);
    PluggableRange range = ram.devices().claim("-device", "vm0", backend(40 * TIB), OptionalLong.empty(), 2 << 20,
        false,
        Runnable::run);
    int free = ram.slots().free();
    range.plug(range.base(), 9 * TIB);
    range.plug(range.base() + 9 * TIB, 31 * TIB);
    assertEquals(40 * TIB, kvm.bytes(range.base(), 40 * TIB));
    range.unplug(range.base() + 20 * TIB, TIB);
    ram.devices().follow();
    assertEquals(39 * TIB, kvm.bytes(range.base(), 40 * TIB));
    assertFalse(ram.contains(range.base() + 20 * TIB, 1));
    assertEquals(free - 2, ram.slots().free());
    ram.devices().release(range);
    assertEquals(1, kvm.count());
    assertEquals(free + MemorySlots.furtherOf(40 * TIB), ram.slots().free());
  }

  private static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}

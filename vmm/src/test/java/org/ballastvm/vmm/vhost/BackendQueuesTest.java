package org.ballastvm.vmm.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.kvm.HostError;
import org.ballastvm.virtio.MemoryReclaim.ReclaimFailed;
import org.ballastvm.virtio.QueueServer;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.loop.Turns;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.ballastvm.vmm.memory.MemoryRegion;
import org.ballastvm.vmm.memory.PluggableRange;
import org.ballastvm.vmm.memory.UnwrittenPages;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A guest of 32 MiB in two nodes, which may grow, and queues that a back-end serves. */
class BackendQueuesTest {
  private static final long MIB = 1L << 20;
  private static final long BASE = GuestLayout.HIGH_BASE;
  private static final BackendConfig.Common LAZILY = new BackendConfig.Common(false, false, false, false, true);

  private final FakeBackend backend = new FakeBackend();
  private final List<MemoryBackend> backends = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final EventFd kick = EventFd.create();
  private final EventFd call = EventFd.create();
  private GuestRam ram;
  private BackendQueues queues;

  @BeforeEach
  void open() {
    ram = new GuestRam(GuestLayout.of(new MemoryConfig(32 * MIB, 8, 256 * MIB, Optional.empty())),
        List.of(memory("node0", 16), memory("node1", 16)));
    queues = new BackendQueues(backend, ram.table(), 2, (queue, features) -> true);
    queues.tied(new BackendQueues.Signals() {
      @Override
      public EventFd kick(int queue) { return kick; }

      @Override
      public EventFd call(int queue) { return call; }
    }, new VirtioDevice.ConfigNotifier() {
      @Override
      public void change(Runnable change) { change.run(); }

      @Override
      public void serverFailed(String why) { failures.add(why); }
    });
  }

  @AfterEach
  void close() {
    queues.close();
    backends.forEach(MemoryBackend::close);
    kick.close();
    call.close();
  }

  private MemoryBackend memory(String id, long mib) {
    MemoryBackend memory = MemoryBackend.open(new BackendConfig.Ram(id, mib * MIB, LAZILY));
    backends.add(memory);
    return memory;
  }

  private PluggableRange plug(long mib) {
    return ram.devices().claim("-device x", "d" + mib, memory("m" + mib, mib), OptionalLong.empty(), 2 * MIB, false,
        Runnable::run);
  }

  private static QueueServer.Ring ring(int queue, long at) {
    return new QueueServer.Ring(queue, 256, at, at + 4096, at + 8192, 3, 1L << 32);
  }

  @Test
  void aRingIsFoundInTheHostsMemory() {
    queues.start(ring(1, 16 * MIB + 0x5000));
    BackendRing placed = backend.rings.get(1);
    assertEquals(16 * MIB, placed.descriptors().region().base());
    assertEquals(0x5000, placed.descriptors().offsetInMapping());
    assertEquals(16 * MIB + 0x7000, placed.device().gpa());
    assertEquals(6 + 8 * 256, placed.device().lengthBytes());
    assertEquals(3, placed.next());
    assertSame(kick, placed.kick());
    assertEquals(7, queues.stop(1));
    assertEquals(List.of("memory of 2", "start 1", "stop 1"), backend.takeCalls());
  }

  @Test
  void aRingThatIsNotInOnePieceOfMemoryIsRefusedBeforeTheBackendSeesIt() {
    for (long at : new long[]{16 * MIB - 8, 32 * MIB, BASE, -4096, Long.MAX_VALUE - 4096, 16 * MIB - 4096 - 8}) {
      assertThrows(GuestError.class, () -> queues.start(ring(0, at)), () -> Long.toHexString(at));
    }
    assertEquals(List.of("memory of 2"), backend.takeCalls());
  }

  @Test
  void memoryThatComesAndGoesIsInTheTableWhole() {
    PluggableRange dimm = plug(64);
    assertEquals(List.of(0L, 16 * MIB, dimm.base()), backend.table.stream().map(MemoryRegion::base).toList());
    assertEquals(64 * MIB, backend.table.getLast().sizeBytes());
    queues.start(ring(0, dimm.base()));
    ram.devices().release(plug(32));
    assertEquals(List.of(), failures);
    assertEquals(3, backend.table.size());
  }

  @Test
  void aQueueIsTakenBackBeforeTheMemoryGoesThatItLiesIn() {
    PluggableRange dimm = plug(64);
    queues.start(ring(0, dimm.base()));
    queues.start(ring(1, 0x5000));
    backend.takeCalls();
    ram.devices().release(dimm);
    assertEquals(List.of("stop 0", "memory of 2"), backend.takeCalls());
    assertTrue(failures.getFirst().contains("queue 0"), failures.toString());
    assertEquals(7, queues.stop(0), "the transport has it back, too");
    assertEquals(List.of(), backend.takeCalls());
  }

  @Test
  void aBackendThatTakesNoMoreRegionsKeepsADimmOut() {
    backend.mostRegions = 3;
    PluggableRange first = plug(64);
    assertThrows(UserError.class, () -> plug(32));
    assertEquals(2 + 1, ram.table().regions().size());
    ram.devices().release(first);
    assertEquals(BASE, plug(96).base() & -BASE, "the place of the one that was refused is free");
  }

  @Test
  void aBackendThatDoesNotLetGoOfMemoryServesNothingBeforeItDoes() {
    PluggableRange dimm = plug(64);
    queues.start(ring(1, 0x5000));
    backend.takeCalls();
    backend.refuses = true;
    ram.devices().release(dimm);
    assertEquals(List.of("stop 1"), backend.takeCalls());
    assertTrue(failures.getFirst().contains("does not let go"), failures.toString());
    assertEquals(7, queues.stop(1));
    assertThrows(QueueServer.Failure.class, () -> queues.start(ring(1, 0x5000)));
    backend.refuses = false;
    queues.start(ring(1, 0x5000));
    assertEquals(List.of("memory of 2", "start 1"), backend.takeCalls());
  }

  @Test
  void whatTheHostRefusesIsTheTransportsToTell() {
    backend.refuses = true;
    assertThrows(QueueServer.Failure.class, () -> queues.start(ring(0, 0x5000)));
    assertThrows(HostError.class, () -> plug(64));
    backend.fail("it has ended");
    assertEquals(List.of("it has ended"), failures);
  }

  @Test
  void whatIsFreeIsNotTakenWhileOthersWriteUnseen() {
    UnwrittenPages unwritten = new UnwrittenPages(ram, Runnable::run, turns(), Runnable::run);
    String why = assertThrows(ReclaimFailed.class, unwritten::watch).getMessage();
    assertTrue(why.contains("vhost"), why);
    unwritten.close();
  }

  private static Turns turns() {
    return new Turns() {
      @Override
      public void after(long nanos, Runnable turn) { turn.run(); }

      @Override
      public void close() {
        // Nothing waits.
      }
    };
  }

  @Test
  void whoIsClosedHearsOfNoMemory() {
    queues.close();
    backend.takeCalls();
    plug(64);
    assertEquals(List.of(), backend.takeCalls());
  }
}

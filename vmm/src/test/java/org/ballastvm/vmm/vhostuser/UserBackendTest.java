package org.ballastvm.vmm.vhostuser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.ballastvm.vmm.memory.MemoryRegion;
import org.ballastvm.vmm.vhost.BackendRing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device whose back-end goes, and comes again: {@link PlayedBackend} is the back-end. */
@Timeout(60)
class UserBackendTest {
  private static final long BYTES = 64 << 20;
  private static final int DESCRIPTORS = 0x10000;
  private static final int DRIVER = 0x11000;
  private static final int DEVICE = 0x12000;
  private static final DeviceKind DISK = new DeviceKind("device d0", 0xffff, 1, false, 16, 0, true);
  private static final DeviceKind FOLDER = new DeviceKind("device fs0", 0xffff, 1, false, 16, 0, false);

  private final EventLoop loop = new EventLoop("backends", crash -> {
    throw new AssertionError(crash);
  });
  private final MemoryBackend memory = MemoryBackend
      .open(new BackendConfig.Memfd("ram", BYTES, BackendConfig.Common.SHARED, false, OptionalLong.empty()));
  private final GuestRam ram = new GuestRam(GuestLayout.of(MemoryConfig.of(BYTES)), memory);
  private final PlayedBackend.Source source = new PlayedBackend.Source();
  private final EventFd kick = EventFd.create();
  private final EventFd call = EventFd.create();
  private UserBackend backend;

  @BeforeEach
  void start() { loop.start(); }

  @AfterEach
  void end() throws InterruptedException {
    if (backend != null) {
      onLoop(backend::close);
    }
    loop.close();
    source.close();
    kick.close();
    call.close();
    memory.close();
  }

  private void onLoop(Runnable task) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    loop.post(() -> {
      task.run();
      done.countDown();
    });
    done.await();
  }

  private PlayedBackend open(DeviceKind kind, ProtocolFeature... features) throws InterruptedException {
    PlayedBackend played = source.offer(new PlayedBackend(features));
    onLoop(() -> {
      backend = new UserBackend(kind, loop, ram, source);
      backend.memory(ram.table().regions());
    });
    return played;
  }

  private BackendRing ring(int next) {
    MemoryRegion region = ram.table().regions().getFirst();
    return new BackendRing(0, 16, new BackendRing.Part(region, DESCRIPTORS, 256),
        new BackendRing.Part(region, DRIVER, 38), new BackendRing.Part(region, DEVICE, 134), next, 0x1_0000_0002L, kick,
        call);
  }

  /** The rings as the back-end that was killed has left them. */
  private void underWay(int used, int available) {
    ram.putShort(DEVICE + 2, used);
    ram.putShort(DRIVER + 2, available);
  }

  @Test
  void aQueueIsServedWithItsMemory() throws Exception {
    PlayedBackend played = open(DISK);
    backend.start(ring(3));
    played.await("SET_VRING_ENABLE");

    assertEquals(List.of("GET_FEATURES", "GET_PROTOCOL_FEATURES", "SET_PROTOCOL_FEATURES", "SET_OWNER", "SET_MEM_TABLE",
        "GET_FEATURES", "SET_FEATURES 100000002", "SET_VRING_NUM 0 16", "SET_VRING_BASE 0 3", "SET_VRING_ADDR",
        "GET_FEATURES", "SET_VRING_CALL", "SET_VRING_KICK", "SET_VRING_ENABLE"), played.said());
    assertEquals(PlayedBackend.BASE, backend.stop(0));
  }

  @Test
  void anotherBackendGoesOnWhereNothingWasUnderWay() throws Exception {
    PlayedBackend first = open(DISK);
    backend.start(ring(0));
    underWay(7, 7);
    first.await("SET_VRING_KICK");
    first.close();
    PlayedBackend second = source.offer(new PlayedBackend());
    second.await("SET_VRING_KICK");

    assertTrue(second.said().contains("SET_VRING_BASE 0 7"), second.said().toString());
    second.await("SET_VRING_ENABLE");
    onLoop(() -> assertEquals(1, call.drain())); // What was used by the first may not have been said.
  }

  @Test
  void nobodyGuessesWhatWasUnderWay() throws Exception {
    PlayedBackend first = open(DISK);
    backend.start(ring(0));
    underWay(7, 8);
    first.await("SET_VRING_KICK");
    first.close();
    PlayedBackend second = source.offer(new PlayedBackend());
    second.await("SET_MEM_TABLE");
    onLoop(() -> {
      // All that it did when the second came is done.
    });
    assertTrue(!second.said().contains("SET_VRING_NUM 0 16"), second.said().toString());

    assertEquals(-1, backend.stop(0)); // The driver resets the device.
    backend.driverReset();
    backend.start(ring(0));
    second.await("SET_VRING_KICK");
    assertTrue(second.said().contains("SET_VRING_BASE 0 0"), second.said().toString());
  }

  @Test
  void whatIsWrittenDownGoesToTheNextOne() throws Exception {
    PlayedBackend first = open(DISK, ProtocolFeature.INFLIGHT_SHMFD);
    backend.start(ring(0));
    underWay(7, 9);
    first.await("SET_VRING_KICK");
    assertTrue(first.said().containsAll(List.of("GET_INFLIGHT_FD", "SET_INFLIGHT_FD 4096")), first.said().toString());
    first.close();
    PlayedBackend second = source.offer(new PlayedBackend(ProtocolFeature.INFLIGHT_SHMFD));
    second.await("SET_VRING_KICK");

    assertTrue(!second.said().contains("GET_INFLIGHT_FD"), second.said().toString());
    assertTrue(second.said().indexOf("SET_INFLIGHT_FD 4096") < second.said().indexOf("SET_VRING_BASE 0 7"),
        second.said().toString());
    assertEquals(first.inflightBytes(), second.inflightBytes());
  }

  @Test
  void aFolderWaitsForItsDriver() throws Exception {
    PlayedBackend first = open(FOLDER);
    backend.start(ring(0));
    first.await("SET_VRING_KICK");
    first.close();
    PlayedBackend second = source.offer(new PlayedBackend());
    second.await("SET_MEM_TABLE");
    onLoop(() -> assertTrue(!second.said().contains("SET_VRING_NUM 0 16"), second.said().toString()));
  }

  @Test
  void memoryThatCannotBeSharedIsRefused() throws Exception {
    open(DISK);
    MemoryRegion whole = ram.table().regions().getFirst();
    MemoryRegion own = new MemoryRegion(1L << 40, 1 << 20, whole.mapping(), 0, Optional.empty(), 4096);
    UserError error = assertThrows(UserError.class, () -> backend.memory(List.of(whole, own)));
    assertTrue(error.getMessage().startsWith("memory at 0x10000000000 cannot be shared"), error.getMessage());
  }

  @Test
  void aBackendThatIsNoneIsAnErrorOfOneSentence() {
    source.offer(new PlayedBackend());
    DeviceKind needsConfig = new DeviceKind("device d0", 0, 1, false, 16, 60, true);
    UserError error = assertThrows(UserError.class, () -> new UserBackend(needsConfig, loop, ram, source));
    assertEquals("the back-end cannot be used: it does not say what is in the device's configuration space"
        + " (VHOST_USER_PROTOCOL_F_CONFIG)", error.getMessage());
  }
}

package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Places for memory devices, and QEMU's words for what cannot be; a guest of 1 GiB that may grow to 4 GiB. */
class DeviceMemoryTest {
  private static final long MIB = 1L << 20;
  private static final long GIB = GuestLayout.GIB;
  private static final long BASE = 4 * GIB;

  private final List<MemoryBackend> backends = new ArrayList<>();
  private DeviceMemory places = places(4 * GIB);

  private static DeviceMemory places(long most) { return places(GIB, most); }

  private static DeviceMemory places(long base, long most) {
    return new DeviceMemory(GuestLayout.of(new MemoryConfig(base, 0, most, Optional.empty())), new MemorySlots(),
        new MemoryTable(List.of(), () -> {}));
  }

  private PluggableRange claim(String id, long size, OptionalLong at) {
    MemoryBackend backend = MemoryBackend.open(new BackendConfig.Ram("of-" + id, size,
        new BackendConfig.Common(false, false, false, false, true)));
    backends.add(backend);
    return places.claim("-device x", id, backend, at, 2 * MIB, false, Runnable::run);
  }

  private String refusal(String id, long size, OptionalLong at) {
    return assertThrows(UserError.class, () -> claim(id, size, at)).getMessage();
  }

  @AfterEach
  void close() { backends.forEach(MemoryBackend::close); }

  @Test
  void placesAreGivenFromTheBeginningAndGapsAreFilled() {
    PluggableRange first = claim("a", GIB, OptionalLong.empty());
    PluggableRange second = claim("b", 512 * MIB, OptionalLong.empty());
    assertEquals(BASE, first.base());
    assertEquals(BASE + GIB, second.base());
    places.release(first);
    assertEquals(BASE + GIB + 512 * MIB, claim("c", GIB + 2 * MIB, OptionalLong.empty()).base());
    assertEquals(BASE, claim("d", 2 * MIB, OptionalLong.empty()).base());
    assertEquals(BASE + 2 * MIB, claim("e", 2 * MIB, OptionalLong.empty()).base());
  }

  @Test
  void behindAnOddOneAPlaceBeginsWithABlockOfLinux() {
    claim("v0", 1000 * MIB, OptionalLong.empty());
    assertEquals(BASE + GIB, claim("d0", 256 * MIB, OptionalLong.empty()).base());
    assertEquals(List.of(2 * GIB - 256 * MIB), places.freeBytes());
    assertEquals(BASE + 1000 * MIB, claim("odd", 24 * MIB, OptionalLong.empty()).base(),
        "Linux does not take it anyway");
    places = places(64 * GIB, 72 * GIB);
    claim("d1", 512 * MIB, OptionalLong.empty());
    assertEquals(List.of(7 * GIB), places.freeBytes(), "its blocks have 1 GiB");
    assertEquals(66 * GIB, claim("d2", GIB, OptionalLong.empty()).base());
  }

  @Test
  void whereNoBlockBeginsInAFreePlaceItIsUsedAllTheSame() {
    claim("v0", 1000 * MIB, OptionalLong.of(BASE));
    claim("v1", GIB + 512 * MIB, OptionalLong.of(BASE + GIB + 256 * MIB));
    assertEquals(BASE + 1000 * MIB, claim("d0", 270 * MIB, OptionalLong.empty()).base());
  }

  @Test
  void aPlaceMayBeAskedForIfItIsFree() {
    claim("v0", GIB, OptionalLong.of(BASE + GIB));
    assertEquals("-device x: address range conflicts with memory device id='v0'",
        refusal("v1", GIB, OptionalLong.of(BASE + 512 * MIB)));
    assertEquals("-device x: address must be aligned to 0x200000 bytes",
        refusal("v1", GIB, OptionalLong.of(BASE + MIB)));
    assertEquals(
        "-device x: can't add memory device [0x1f0000000:0x40000000], usable range for memory devices [0x100000000:0xc0000000]",
        refusal("v1", GIB, OptionalLong.of(0x1f000_0000L)));
    for (long wrong : new long[]{0, -2 * MIB, Long.MIN_VALUE, BASE - 2 * MIB, 7 * GIB}) {
      assertEquals("-device x: can't add memory device [0x" + Long.toHexString(wrong)
          + ":0x40000000], usable range for memory devices [0x100000000:0xc0000000]",
          refusal("v1", GIB, OptionalLong.of(wrong)));
    }
    assertEquals(BASE + 2 * GIB, claim("v2", GIB, OptionalLong.of(BASE + 2 * GIB)).base());
  }

  @Test
  void roomIsNeededForAllThatADeviceMayEverPlug() {
    claim("v0", 2 * GIB, OptionalLong.empty());
    assertEquals("-device x: not enough space, currently 0x80000000 in use of total space for memory devices "
        + "0xc0000000; maxmem must leave room for the whole of of-v1",
        refusal("v1", GIB + 2 * MIB, OptionalLong.empty()));
    places = places(GIB);
    assertEquals(
        "-device x: memory devices (e.g. for memory hotplug) are not enabled, please specify the maxmem option",
        refusal("v2", GIB, OptionalLong.empty()));
  }

  @Test
  void spaceInPiecesIsNoPlace() {
    claim("v0", GIB, OptionalLong.of(BASE + GIB));
    assertEquals("-device x: could not find position in guest address space for memory device - memory fragmented due "
        + "to alignments", refusal("v1", GIB + 2 * MIB, OptionalLong.empty()));
    assertEquals("-device x: backend memory size must be multiple of 0x200000",
        refusal("v2", MIB, OptionalLong.empty()));
  }
}

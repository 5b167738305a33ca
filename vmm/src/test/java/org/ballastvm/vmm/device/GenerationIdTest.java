package org.ballastvm.vmm.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GenerationIdTest {
  private static final UUID FIRST = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

  private final MemoryBackend backend = MemoryBackend
      .open(new BackendConfig.Ram("ram", 2 << 20, new BackendConfig.Common(false, false, false, false, true)));
  private final GuestRam ram = new GuestRam(GuestLayout.of(MemoryConfig.of(2 << 20)), backend);
  private final List<UUID> seen = new ArrayList<>();
  private final GenerationId generation = new GenerationId(ram, FIRST, () -> seen.add(inMemory()));

  @AfterEach
  void giveMemoryBack() { backend.close(); }

  /** A GUID, of which Windows has the first three fields as numbers. */
  private UUID inMemory() {
    long high = Integer.toUnsignedLong(ram.getInt(GenerationId.ADDRESS)) << 32
        | (long) ram.getShort(GenerationId.ADDRESS + 4) << 16 | ram.getShort(GenerationId.ADDRESS + 6);
    return new UUID(high, Long.reverseBytes(ram.getLong(GenerationId.ADDRESS + 8)));
  }

  @Test
  void theNumberIsInMemoryFromTheStart() {
    assertEquals(FIRST, inMemory());
    assertEquals(0x33, ram.getByte(GenerationId.ADDRESS));
    assertEquals(List.of(), seen);
  }

  @Test
  void theGuestIsNotifiedWhenAnotherOneIsThere() {
    UUID second = new UUID(-1, 2);
    generation.change(second);
    assertEquals(List.of(second), seen);
    assertEquals(second, generation.id());
  }

  @Test
  void whatAGuestWroteOverIsRestored() {
    ram.putLong(GenerationId.ADDRESS, 0);
    generation.write();
    assertEquals(FIRST, inMemory());
  }
}

package org.ballastvm.vmm.memory;

import java.util.Optional;
import java.util.OptionalLong;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A guest of 16 MiB with a device of 1.5 GiB, which begins 2 MiB behind a GiB, so that no chunk ends where one begins. */
abstract class GuestWithRange {
  static final long MIB = 1L << 20;
  static final long BLOCK = 2 * MIB;
  static final long SIZE = 1536 * MIB;
  static final long BASE = GuestLayout.HIGH_BASE + BLOCK;
  static final BackendConfig.Common LAZILY = new BackendConfig.Common(false, false, false, false, true);

  MemoryBackend base;
  MemoryBackend backend;
  GuestRam ram;
  PluggableRange range;
  int holds;

  @BeforeEach
  final void open() {
    base = MemoryBackend.open(new BackendConfig.Ram("ram", 16 * MIB, LAZILY));
    backend = MemoryBackend.open(new BackendConfig.Ram("mem0", SIZE, LAZILY));
    ram = new GuestRam(GuestLayout.of(new MemoryConfig(16 * MIB, 0, 4096 * MIB, Optional.empty())), base);
    range = claim(backend);
  }

  final PluggableRange claim(MemoryBackend memory) {
    return ram.devices().claim("-device", "vm0", memory, OptionalLong.of(BASE), BLOCK, false, task -> {
      holds++;
      task.run();
    });
  }

  @AfterEach
  final void close() {
    backend.close();
    base.close();
  }
}

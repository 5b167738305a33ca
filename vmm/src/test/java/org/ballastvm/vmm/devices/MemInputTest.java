package org.ballastvm.vmm.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.Program;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people get wrong about virtio-mem: each is refused in a sentence that names the option and the rule. */
@Tag("kvm")
class MemInputTest {
  private static final long MIB = 1L << 20;
  private static final BackendConfig.Common UNRESERVED = new BackendConfig.Common(false, false, false, false, true);

  @TempDir
  private Path directory;

  private Machine start(String... devices) throws Exception {
    return TestMachine.of(directory, new Program().halt())
        .with(new MemoryConfig(64 * MIB, 0, 1024 * MIB, Optional.empty()))
        .holding(new BackendConfig.Ram("mem0", 256 * MIB, UNRESERVED),
            new BackendConfig.Ram("big", 1024 * MIB, UNRESERVED))
        .with(Stream.of(devices).map(text -> DeviceModels.parse(KeyValues.parse("-device", text, "driver")))
            .toArray(DeviceConfig[]::new))
        .with(new RunPolicy(true, true, true)).start();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "memdev=mem0,requested-size=3M | 'requested-size' has to be multiples of 'block-size' (0x200000)",
      "memdev=mem0,requested-size=257M,block-size=1M | 'requested-size' cannot exceed the memory backend size(0x10000000)",
      "memdev=mem0,requested-size=-2M | requested-size=-2M: must be a size such as 512M or 4G",
      "memdev=mem0,block-size=3M | 'block-size' property has to be a power of two",
      "memdev=mem0,block-size=512K | 'block-size' property has to be at least 0x100000",
      "memdev=mem0,block-size=0 | 'block-size' property has to be at least 0x100000",
      "memdev=mem0,memaddr=0x1000000 | usable range for memory devices",
      "memdev=mem0,memaddr=0x100100000 | address must be aligned to 0x200000 bytes",
      "memdev=mem0,node=7 | 'node' property has value '7', which exceeds the number of numa nodes: 1",
      "memdev=big | maxmem must leave room for the whole of big",
      "memdev=nope | memdev=nope: there is no such object",
      "requested-size=2M | 'memdev' property must be set",
      "memdev=mem0,request-timeout=-1 | request-timeout=-1"})
  void eachMistakeIsNamed(String properties, String words) {
    UserError e = assertThrows(UserError.class, () -> start("virtio-mem-pci,id=vm0," + properties).close());
    assertTrue(e.getMessage().contains("virtio-mem-pci") || e.getMessage().startsWith("-device"), e.getMessage());
    assertTrue(e.getMessage().contains(words), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  @Test
  void aBackendHasOneUser() {
    UserError e = assertThrows(UserError.class,
        () -> start("virtio-mem-pci,id=vm0,memdev=mem0", "virtio-mem-pci,id=vm1,memdev=mem0").close());
    assertTrue(e.getMessage().contains("can't use already busy memdev: device vm0 has it"), e.getMessage());
  }
}

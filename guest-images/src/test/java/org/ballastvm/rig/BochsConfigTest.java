package org.ballastvm.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BochsConfigTest {
  private final List<String> lines = new BochsConfig(1536, Path.of("/tmp/a b/rig.iso"), Path.of("/dev/fd/3")).text()
      .lines().toList();

  @Test
  void theMachineHasItsMemoryItsDiscItsConsoleAndNoSound() {
    assertTrue(lines.contains("megs: 1536"), lines::toString);
    assertTrue(lines.contains("ata0-master: type=cdrom, path=\"/tmp/a b/rig.iso\", status=inserted"), lines::toString);
    assertTrue(lines.contains("com1: enabled=1, mode=file, dev=\"/dev/fd/3\""), lines::toString);
    assertTrue(lines.contains("sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy"), lines::toString);
  }

  @Test
  void theProcessorIsOneWithVmx() {
    assertTrue(lines.stream().anyMatch(line -> line.startsWith("cpu: model=corei7_haswell_4770, count=1,")),
        lines::toString);
  }

  @Test
  void eachLineIsADirective() {
    assertEquals(List.of(), lines.stream().filter(line -> !line.matches("[a-z0-9_-]+: .+")).toList());
  }
}

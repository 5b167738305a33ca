package org.ballastvm.vmm.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The registers by which a guest ejects DIMMs. */
class MemoryHotplugTest {
  private static final int FLAGS = 0x14;
  private static final int EJECT = 1 << 3;

  private final List<String> calls = new ArrayList<>();
  private final MemoryHotplug registers = new MemoryHotplug(2, new MemoryHotplug.Guest() {
    @Override
    public void ejected(int slot) { calls.add("ejected " + slot); }

    @Override
    public void reported(int slot, long event, long status) { calls.add(slot + ": " + event + " " + status); }
  });

  @Test
  void onlyAPresentDimmIsEjected() {
    registers.write(FLAGS, 1, EJECT);
    assertEquals(List.of(), calls);
    registers.came(0, 1 << 30, 1 << 28, 0, true);
    registers.write(FLAGS, 1, EJECT);
    registers.write(FLAGS, 1, EJECT);
    assertEquals(List.of("ejected 0"), calls);
  }
}

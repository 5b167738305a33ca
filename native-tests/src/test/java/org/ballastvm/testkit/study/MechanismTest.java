package org.ballastvm.testkit.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MechanismTest {
  private static final StudyPlan PLAN = new StudyPlan(512L << 20, 256L << 20, 0, 1, 1, Mechanism.all(),
      Duration.ofSeconds(1), 0);

  @Test
  void aBalloonBeginsWithAllTheMemoryAndTakesItFirst() {
    Mechanism balloon = new Mechanism.Balloon();
    assertEquals(List.of("-m", "768M", "-device", "virtio-balloon-pci,id=balloon0"), balloon.options(PLAN));
    assertEquals(List.of("balloon 512"), balloon.begin(PLAN));
    assertEquals(List.of("balloon 768"), balloon.grow(PLAN));
    assertFalse(balloon.isSmall(PLAN, "balloon: actual=513"));
    assertTrue(balloon.isSmall(PLAN, "balloon: actual=512"));
  }

  @Test
  void virtioMemIsAskedInBytes() {
    Mechanism mem = new Mechanism.VirtioMem();
    assertEquals("512M,maxmem=768M", mem.options(PLAN).get(1));
    assertEquals(List.of("qom-set vm0 requested-size 268435456"), mem.grow(PLAN));
    assertFalse(mem.isSmall(PLAN, "10"));
    assertTrue(mem.isSmall(PLAN, "0\n"));
  }

  @Test
  void aDimmIsGoneWithItsBackend() {
    Mechanism dimm = new Mechanism.Dimm();
    assertEquals("512M,slots=1,maxmem=768M", dimm.options(PLAN).get(1));
    assertFalse(dimm.isSmall(PLAN, "Memory device [dimm]: \"dimm0\"\n"));
    assertTrue(dimm.isSmall(PLAN, ""));
    assertEquals(List.of("object_del mem0"), dimm.afterShrink());
  }
}

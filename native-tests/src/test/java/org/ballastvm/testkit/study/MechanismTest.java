package org.ballastvm.testkit.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class MechanismTest {
  private static final GuestSizes SIZES = new GuestSizes(512L << 20, 256L << 20);

  @Test
  void aBalloonBeginsWithAllTheMemoryAndTakesItFirst() {
    Mechanism balloon = new Mechanism.Balloon();
    assertEquals(List.of("-m", "768M", "-device", "virtio-balloon-pci,id=balloon0"), balloon.options(SIZES));
    assertEquals(List.of("balloon 512"), balloon.begin(SIZES));
    assertEquals(List.of("balloon 768"), balloon.grow(SIZES));
    assertFalse(balloon.isSmall(SIZES, "balloon: actual=513"));
    assertTrue(balloon.isSmall(SIZES, "balloon: actual=512"));
  }

  @Test
  void virtioMemIsAskedInBytes() {
    Mechanism mem = new Mechanism.VirtioMem();
    assertEquals("512M,maxmem=768M", mem.options(SIZES).get(1));
    assertEquals(List.of("qom-set vm0 requested-size 268435456"), mem.grow(SIZES));
    assertFalse(mem.isSmall(SIZES, "10"));
    assertTrue(mem.isSmall(SIZES, "0\n"));
  }

  @Test
  void aDimmIsGoneWithItsBackend() {
    Mechanism dimm = new Mechanism.Dimm();
    assertEquals("512M,slots=1,maxmem=768M", dimm.options(SIZES).get(1));
    assertFalse(dimm.isSmall(SIZES, "Memory device [dimm]: \"dimm0\"\n"));
    assertTrue(dimm.isSmall(SIZES, ""));
    assertEquals(List.of("object_del mem0"), dimm.afterShrink());
  }
}

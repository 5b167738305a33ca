package org.ballastvm.vmm.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.ballastvm.pci.PciFunction;
import org.ballastvm.pci.PciIdentity;
import org.ballastvm.vmm.device.ResetControl;
import org.junit.jupiter.api.Test;

/** Where BARs go that nobody has placed yet. */
class BarPlacementTest {
  private static final long BASE = 0xc000_0000L;
  private static final int PAGE = 0x1000;

  private final BarPlacement window = new BarPlacement(BASE, BASE + 0x1_0000);
  private final PciBus bus = new PciBus(new ResetControl(why -> {
    // No reset.
  }));

  @Test
  void largeBarsComeFirstAndEachAtAMultipleOfItsSize() {
    TwoBars function = plug(1, new TwoBars(PAGE, 4 * PAGE));
    assertEquals(BASE, bar(function, 1));
    assertEquals(BASE + 4 * PAGE, bar(function, 0));
    TwoBars next = plug(2, new TwoBars(PAGE, 4 * PAGE));
    assertEquals(BASE + 8 * PAGE, bar(next, 1));
    assertEquals(BASE + 5 * PAGE, bar(next, 0));
  }

  @Test
  void whatAFunctionLeavesIsUsedAgain() {
    TwoBars first = plug(1, new TwoBars(PAGE, 4 * PAGE));
    plug(2, new TwoBars(PAGE, 4 * PAGE));
    bus.unplug(1, first);
    TwoBars next = plug(3, new TwoBars(PAGE, 4 * PAGE));
    assertEquals(BASE, bar(next, 1));
    assertEquals(BASE + 4 * PAGE, bar(next, 0));
  }

  @Test
  void aBarThatTheGuestMovedIsLeftAloneWhereItIs() {
    TwoBars moved = plug(1, new TwoBars(PAGE, 4 * PAGE));
    moved.configWrite(0x14, 4, (int) (BASE + 8 * PAGE));
    TwoBars next = plug(2, new TwoBars(PAGE, 4 * PAGE));
    assertEquals(BASE, bar(next, 1));
    assertEquals(BASE + 5 * PAGE, bar(next, 0));
    assertEquals(BASE + 12 * PAGE, bar(plug(3, new TwoBars(PAGE, 4 * PAGE)), 1));
  }

  @Test
  void aWindowThatIsFullSaysSo() {
    plug(1, new TwoBars(PAGE, 8 * PAGE));
    assertThrows(IllegalStateException.class, () -> plug(2, new TwoBars(8 * PAGE, 8 * PAGE)));
  }

  private TwoBars plug(int slot, TwoBars function) {
    window.place(function, bus);
    bus.plug(slot, function);
    return function;
  }

  private static long bar(PciFunction function, int bar) {
    return Integer.toUnsignedLong(function.configRead(0x10 + 4 * bar, 4));
  }

  /** A function with BARs 0 and 1. */
  private static final class TwoBars extends PciFunction {
    TwoBars(int bytes0, int bytes1) {
      super(new PciIdentity(0x1b36, 1, 0, 0xff0000, 0x1af4, 0x1100));
      declareBar(0, bytes0);
      declareBar(1, bytes1);
    }
  }
}

package org.ballastvm.vmm.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.device.ResetControl;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Configuration mechanism 1, on the I/O bus as the machine maps it. */
class PciBusTest {
  private static final int ADDRESS = 0xcf8;
  private static final int DATA = 0xcfc;
  private static final int ENABLE = 1 << 31;
  private static final long BRIDGE = 0x0008_1b36L;
  private static final long ONES = 0xffff_ffffL;

  private final List<String> resets = new ArrayList<>();
  private final AddressBus ports = new AddressBus("I/O", 0x1_0000);
  private final PciBus pci = new PciBus(new ResetControl(resets::add));

  @BeforeEach
  void plug() {
    pci.plug(0, new HostBridge());
    pci.plug(31, new HostBridge());
    ports.map(pci, "pci-conf", PciBus.BASE, PciBus.LENGTH);
  }

  @Test
  void aFunctionIsReadInEveryWidthAndPlace() {
    select(ENABLE);

    assertEquals(BRIDGE, in(DATA, 4));
    assertEquals(0x1b36, in(DATA, 2));
    assertEquals(0x0008, in(DATA + 2, 2));
    assertEquals(0x36, in(DATA, 1));
    assertEquals(0x1b, in(DATA + 1, 1));
    select(ENABLE | 8);
    assertEquals(0x06, in(DATA + 3, 1), "a bridge");
  }

  @Test
  void slotsAreDistinguished() {
    select(ENABLE | 31 << 11);
    assertEquals(BRIDGE, in(DATA, 4));
    select(ENABLE | 1 << 11);
    assertEquals(ONES, in(DATA, 4));
  }

  @Test
  void otherBusesAndFunctionsAreEmpty() {
    for (int address : new int[]{ENABLE | 1 << 16, ENABLE | 255 << 16, ENABLE | 1 << 8, ENABLE | 7 << 8, 0}) {
      select(address);
      assertEquals(ONES, in(DATA, 4), Integer.toHexString(address));
      ports.write(DATA, 4, 0);
    }
  }

  @Test
  void theAddressIsReadBack() {
    select(ENABLE | 0x1234);

    assertEquals((ENABLE | 0x1234) & ONES, in(ADDRESS, 4));
  }

  @Test
  void theAddressIsTakenWholeOrNotAtAll() {
    select(ENABLE);
    ports.write(ADDRESS, 1, 0xff);
    ports.write(ADDRESS, 2, 0xffff);
    ports.write(ADDRESS + 1, 2, 0xffff);
    ports.write(ADDRESS + 1, 4, ONES);
    ports.write(ADDRESS + 2, 4, ONES);
    ports.write(ADDRESS + 3, 1, 0xff);

    assertEquals(ENABLE & ONES, in(ADDRESS, 4));
    assertEquals(List.of(), resets);
  }

  @Test
  void theByteInTheMiddleIsResetControl() {
    ports.write(0xcf9, 1, 6);

    assertEquals(1, resets.size());
    assertEquals(2, in(0xcf9, 1));
    assertEquals(0, in(ADDRESS, 4));
  }

  @Test
  void anAccessPastTheDataRegisterIsNobodys() {
    select(ENABLE);

    assertEquals(ONES, in(DATA + 1, 4));
    assertEquals(0xffff, in(DATA + 3, 2));
    ports.write(DATA + 2, 4, 0);
  }

  @Test
  void aSlotHoldsOneFunction() {
    assertThrows(IllegalStateException.class, () -> pci.plug(0, new HostBridge()));
    assertNull(pci.function(5));
  }

  @Test
  void resetForgetsTheAddress() {
    select(ENABLE | 0x40);

    pci.reset();

    assertEquals(0, in(ADDRESS, 4));
  }

  @Test
  void whateverAGuestWritesTheBridgeStaysItself() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      int width = 1 << random.nextInt(3);
      long value = random.nextInt(4) == 0 ? random.nextInt() & ONES : (ENABLE | random.nextInt(0x1_0000)) & ONES;
      ports.write(ADDRESS + random.nextInt(8), width, value);
      ports.read(ADDRESS + random.nextInt(8), width);
    }
    select(ENABLE);
    assertEquals(BRIDGE, in(DATA, 4), "seed " + seed);
  }

  private void select(int address) { ports.write(ADDRESS, 4, address & ONES); }

  private long in(int port, int width) {
    long value = ports.read(port, width);
    return value & (ONES >>> 32 - 8 * width);
  }
}

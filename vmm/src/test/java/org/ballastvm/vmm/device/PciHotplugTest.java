package org.ballastvm.vmm.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The registers that notify a guest of devices that come and go. */
class PciHotplugTest {
  private static final int CAME = 0x00;
  private static final int ASKED_TO_GO = 0x04;
  private static final int EJECT = 0x08;
  private static final int CAN_GO = 0x0c;
  private static final int BUS = 0x10;

  private final List<Integer> ejected = new ArrayList<>();
  private final PciHotplug registers = new PciHotplug(ejected::add);

  @Test
  void whatCameIsNotifiedOnce() {
    registers.came(1);
    registers.came(31);
    assertEquals(0x8000_0002L, registers.read(CAME, 4));
    assertEquals(0, registers.read(CAME, 4));
  }

  @Test
  void whatShouldGoIsNotifiedOnce() {
    registers.askedToGo(4);
    assertEquals(0, registers.read(CAME, 4));
    assertEquals(0x10, registers.read(ASKED_TO_GO, 4));
    assertEquals(0, registers.read(ASKED_TO_GO, 4));
  }

  @Test
  void noNotificationOfWhatIsGoneMeanwhile() {
    registers.came(1);
    registers.askedToGo(1);
    registers.askedToGo(2);
    registers.gone(1);
    assertEquals(0, registers.read(CAME, 4));
    assertEquals(4, registers.read(ASKED_TO_GO, 4));
  }

  @Test
  void everyBitEjectsASlotButTheBridge() {
    registers.write(EJECT, 4, 0x8000_0005L);
    assertEquals(List.of(2, 31), ejected);
    assertEquals(0, registers.read(EJECT, 4), "no features");
    assertEquals(0xffff_fffeL, registers.read(CAN_GO, 4));
  }

  @Test
  void otherBusesAreEmpty() {
    registers.came(1);
    registers.write(BUS, 4, 7);
    registers.write(EJECT, 4, 0xff);
    assertEquals(0, registers.read(CAME, 4));
    assertEquals(0, registers.read(CAN_GO, 4));
    assertEquals(7, registers.read(BUS, 4));
    registers.write(BUS, 4, 0);
    assertEquals(2, registers.read(CAME, 4));
    assertEquals(List.of(), ejected);
  }

  @Test
  void partsOfARegisterAreNothing() {
    registers.came(1);
    for (int width : new int[]{1, 2, 8}) {
      registers.write(EJECT, width, 0xff);
      assertEquals(0, registers.read(CAME, width));
    }
    registers.write(CAME, 4, 0xff);
    registers.write(0x14, 4, 1);
    assertEquals(2, registers.read(CAME, 4));
    assertEquals(List.of(), ejected);
  }

  @Test
  void aGuestThatStartsIsNotifiedOfNothingOld() {
    registers.came(1);
    registers.askedToGo(2);
    registers.write(BUS, 4, 1);
    registers.reset();
    assertEquals(0, registers.read(BUS, 4));
    assertEquals(0, registers.read(CAME, 4));
    assertEquals(0, registers.read(ASKED_TO_GO, 4));
  }
}

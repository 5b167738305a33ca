package org.ballastvm.vmm.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;

/** isa-debug-exit, as QEMU's tests of kernels use it. */
class DebugExitDeviceTest {
  private static DeviceConfig parse(String text) {
    return DeviceModels.parse(KeyValues.parse("-device", text, "driver"));
  }

  @Test
  void aStatusIsOddSoThatNoGuestCanSaySuccessByMistake() {
    List<Integer> statuses = new ArrayList<>();
    DebugExitDevice device = new DebugExitDevice(statuses::add);
    for (long value : new long[]{0, 0x10, 0x7f, 0x80, 0xffff_ffffL}) {
      device.write(0, 4, value);
    }
    assertEquals(List.of(1, 33, 255, 1, 255), statuses);
    assertEquals(0xff, device.read(0, 1));
  }

  @Test
  void itsPortsAreWhereTheUserWantsThem() {
    assertEquals(new DeviceConfig.DebugExit(Optional.empty(), 0xf4, 4), parse("isa-debug-exit,iobase=0xf4,iosize=4"));
    assertEquals(new DeviceConfig.DebugExit(Optional.of("e"), 0x501, 2), parse("isa-debug-exit,id=e"));
    assertThrows(UserError.class, () -> parse("isa-debug-exit,iobase=0x10000"));
    assertThrows(UserError.class, () -> parse("isa-debug-exit,iosize=0"));
  }
}

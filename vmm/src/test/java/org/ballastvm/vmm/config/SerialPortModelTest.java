package org.ballastvm.vmm.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may be said of serial cards and their ports. */
class SerialPortModelTest {
  private static DeviceConfig parse(String text) {
    return DeviceModels.parse(KeyValues.parse("-device", text, "driver"));
  }

  @Test
  void aCardHasQemusNumberOfPorts() {
    assertEquals(new DeviceConfig.SerialCard(Optional.of("vs0"), OptionalInt.of(4), 31),
        parse("virtio-serial,id=vs0,addr=4"));
    assertEquals(new DeviceConfig.SerialCard(Optional.empty(), OptionalInt.empty(), 1),
        parse("virtio-serial-pci,max_ports=1"));
  }

  @Test
  void aPortHasWhatQemusHas() {
    assertEquals(new DeviceConfig.SerialPort(Optional.of("ga"), false, Optional.of("vs0.0"), Optional.of("agent"),
        Optional.of("org.qemu.guest_agent.0"), OptionalInt.of(3)),
        parse("virtserialport,id=ga,bus=vs0.0,chardev=agent,name=org.qemu.guest_agent.0,nr=3"));
    assertEquals(new DeviceConfig.SerialPort(Optional.empty(), true, Optional.empty(), Optional.empty(),
        Optional.empty(), OptionalInt.empty()), parse("virtconsole"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', value = {"virtio-serial-pci,max_ports=0 > max_ports=0: must be a number from 1 to 31",
      "virtio-serial-pci,max_ports=32 > max_ports=32: must be a number from 1 to 31",
      "virtserialport,nr=31 > nr=31: must be a number from -1 to 30", "virtserialport,nr=-2 > nr=-2: must be",
      "virtserialport,name= > must be of 1 to 255 bytes, and has 0",
      "virtconsole,addr=3 > Property 'virtconsole.addr' not found; there are bus, chardev, name, nr"})
  void whatIsWrongIsNamed(String text, String told) {
    UserError error = assertThrows(UserError.class, () -> parse(text));
    assertTrue(error.getMessage().contains(told), error::getMessage);
  }

  @Test
  void aNameIsMeasuredInBytes() {
    parse("virtserialport,name=" + "n".repeat(255));
    UserError error = assertThrows(UserError.class, () -> parse("virtserialport,name=" + "\u00fc".repeat(128)));
    assertTrue(error.getMessage().endsWith("must be of 1 to 255 bytes, and has 256"), error::getMessage);
  }
}

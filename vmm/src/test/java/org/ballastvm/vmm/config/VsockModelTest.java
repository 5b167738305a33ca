package org.ballastvm.vmm.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may be said of sockets. */
class VsockModelTest {
  private static DeviceConfig parse(String text) {
    return DeviceModels.parse(KeyValues.parse("-device", text, "driver"));
  }

  @Test
  void aGuestHasANumberAndThereIsAWayToIt() {
    assertEquals(new DeviceConfig.HostVsock(Optional.of("v"), OptionalInt.of(4), 3, OptionalInt.empty()),
        parse("vhost-vsock-pci,id=v,addr=4,guest-cid=3"));
    assertEquals(new DeviceConfig.HostVsock(Optional.empty(), OptionalInt.empty(), 0xffff_fffeL, OptionalInt.of(9)),
        parse("vhost-vsock-pci,guest-cid=4294967294,vhostfd=9"));
    assertEquals(new DeviceConfig.Vsock(Optional.empty(), OptionalInt.empty(), 42, Path.of("/run/v")),
        parse("virtio-vsock-pci,guest-cid=42,path=/run/v"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', value = {"vhost-vsock-pci > parameter 'guest-cid' is missing",
      "vhost-vsock-pci,guest-cid=2 > guest-cid=2: must be a number from 3 to 4294967294",
      "vhost-vsock-pci,guest-cid=4294967295 > guest-cid=4294967295: must be",
      "vhost-vsock-pci,guest-cid=-3 > guest-cid=-3: must be", "vhost-vsock-pci,guest-cid=3,vhostfd=2 > vhostfd=2",
      "vhost-vsock-pci,guest-cid=99999999999999999999 > guest-cid=99999999999999999999: must be",
      "virtio-vsock-pci,guest-cid=3 > parameter 'path' is missing",
      "virtio-vsock-pci,path=/x > parameter 'guest-cid' is missing"})
  void whatIsWrongIsNamed(String text, String told) {
    UserError error = assertThrows(UserError.class, () -> parse(text));
    assertTrue(error.getMessage().contains(told), error::getMessage);
  }
}

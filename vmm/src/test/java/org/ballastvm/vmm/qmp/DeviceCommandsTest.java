package org.ballastvm.vmm.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Devices that come and go by the machine protocol. Sentences are QEMU 7.2's on the same input. */
@Tag("kvm")
class DeviceCommandsTest {
  private final Client client = Client.of(TestMachine.idle(
      new DeviceConfig.Balloon(Optional.of("balloon0"), OptionalInt.empty(), BalloonConfig.DEFAULTS)));

  @AfterEach
  void endMachine() { client.close(); }

  @Test
  void aDeviceComesAndIsSeenByEveryQuery() {
    assertEquals("{}", client.ask("device_add", "{\"driver\": \"virtio-rng-pci\", \"id\": \"r1\", \"addr\": \"5\"}"));
    assertTrue(client.ask("query-pci").contains("\"slot\": 5, "));
    assertTrue(client.ask("query-pci").contains("\"qdev_id\": \"r1\""));
    assertTrue(client.ask("qom-list", "{\"path\": \"/machine/peripheral\"}")
        .contains("{\"name\": \"r1\", \"type\": \"child<virtio-rng-pci>\"}"));
    assertTrue(client.ask("x-query-virtio").contains("/machine/peripheral/r1/virtio-backend"));
  }

  @Test
  void aDeviceGoesWhenTheGuestOrAResetLetsItAndAllReadOfIt() {
    client.ask("device_add", "{\"driver\": \"virtio-rng-pci\", \"id\": \"r1\"}");
    assertEquals("{}", client.ask("device_del", "{\"id\": \"r1\"}"));
    assertEquals(
        "{\"error\": {\"class\": \"GenericError\", \"desc\": \"Device r1 is already in the process of unplug\"}}",
        client.ask("device_del", "{\"id\": \"r1\"}"));
    assertTrue(client.ask("query-pci").contains("r1"));
    List<String> answer = client.say("{\"execute\": \"system_reset\"}");
    assertTrue(answer.stream().anyMatch(line -> line.contains("\"event\": \"DEVICE_DELETED\", \"data\": "
        + "{\"path\": \"/machine/peripheral/r1/virtio-backend\"}")), answer.toString());
    assertTrue(
        answer.stream().anyMatch(line -> line.contains("{\"device\": \"r1\", \"path\": \"/machine/peripheral/r1\"}")),
        answer.toString());
    assertEquals(-1, client.ask("query-pci").indexOf("r1"));
  }

  @Test
  void aDeviceWithoutAnIdGoesByItsPath() {
    client.ask("device_add", "{\"driver\": \"virtio-rng-pci\"}");
    assertEquals("{}", client.ask("device_del", "{\"id\": \"/machine/peripheral-anon/device[0]\"}"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', quoteCharacter = '`', value = {
      "{\"driver\": \"virtio-rng-pci\", \"id\": \"balloon0\"} > Duplicate device ID 'balloon0'",
      "{\"driver\": \"virtio-balloon-pci\", \"id\": \"b2\"} > Only one balloon device is supported",
      "{\"driver\": \"virtio-rng-pci\", \"addr\": \"1\"} > PCI: slot 1 function 0 not available for virtio-rng-pci, "
          + "in use by virtio-balloon-pci,id=balloon0",
      "{\"driver\": \"nope\"} > 'nope' is not a valid device model name; there are i6300esb, isa-debug-exit, java, pc-dimm, pvpanic, "
          + "pvpanic-pci, vhost-user-blk-pci, vhost-user-fs-pci, vhost-vsock-pci, virtconsole, "
          + "virtio-9p-pci, virtio-balloon-pci, virtio-blk-pci, virtio-mem-pci, virtio-net-pci, virtio-replay-pci, virtio-rng-pci, virtio-serial-pci, "
          + "virtio-vsock-pci, virtserialport, vmcoreinfo, vmgenid",
      "{\"driver\": \"virtio-rng-pci\", \"foo\": 1} > Property 'virtio-rng-pci.foo' not found; there are addr",
      "{\"driver\": \"virtio-rng-pci\", \"bus\": \"nope\"} > Bus 'nope' not found; there is pci.0",
      "{\"driver\": \"virtio-rng-pci\", \"id\": \"1a\"} > Parameter 'id' expects an identifier, not '1a': a letter, and "
          + "then letters, digits, '-', '.' and '_'",
      "{} > Parameter 'driver' is missing"})
  void aDeviceThatCannotBeIsNamedAndNothingChanges(String arguments, String sentence) {
    String before = client.ask("query-pci");
    assertEquals("{\"error\": {\"class\": \"GenericError\", \"desc\": \"" + sentence + "\"}}",
        client.ask("device_add", arguments));
    assertEquals(before, client.ask("query-pci"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', quoteCharacter = '`', value = {"r9 > DeviceNotFound > Device 'r9' not found",
      "/nope > DeviceNotFound > Device '/nope' not found",
      "/machine/peripheral > GenericError > /machine/peripheral is not a hotpluggable device",
      "/machine/unattached/device[0] > GenericError > Device 'host-x86_64-cpu' does not support hotplugging"})
  void whatIsNoDeviceIsNotAskedToGo(String id, String kind, String sentence) {
    assertEquals("{\"error\": {\"class\": \"" + kind + "\", \"desc\": \"" + sentence + "\"}}",
        client.ask("device_del", "{\"id\": \"" + id + "\"}"));
  }
}

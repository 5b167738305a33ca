package org.ballastvm.vmm.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What programs ask of types before they use one. Sentences are QEMU 7.2's on the same input. */
@Tag("kvm")
class TypeCommandsTest {
  private final Client client = Client.of(TestMachine.idle());

  @AfterEach
  void endMachine() { client.close(); }

  @ParameterizedTest
  @CsvSource(delimiter = '>', quoteCharacter = '`', value = {
      "{\"implements\": \"memory-backend\"} > [{\"name\": \"memory-backend-file\", \"parent\": \"memory-backend\"}, "
          + "{\"name\": \"memory-backend-memfd\", \"parent\": \"memory-backend\"}, "
          + "{\"name\": \"memory-backend-ram\", \"parent\": \"memory-backend\"}]",
      "{\"implements\": \"virtio-pci\", \"abstract\": true} > [{\"name\": \"virtio-pci\", \"abstract\": true, "
          + "\"parent\": \"pci-device\"}, {\"name\": \"vhost-user-blk-pci\", \"parent\": \"virtio-pci\"}, "
          + "{\"name\": \"vhost-user-fs-pci\", \"parent\": \"virtio-pci\"}, "
          + "{\"name\": \"vhost-vsock-pci\", \"parent\": \"virtio-pci\"}, "
          + "{\"name\": \"virtio-9p-pci\", \"parent\": \"virtio-pci\"}, "
          + "{\"name\": \"virtio-balloon-pci\", \"parent\": \"virtio-pci\"}, "
          + "{\"name\": \"virtio-blk-pci\", \"parent\": \"virtio-pci\"}, "
          + "{\"name\": \"virtio-mem-pci\", \"parent\": \"virtio-pci\"}, "
          + "{\"name\": \"virtio-net-pci\", \"parent\": \"virtio-pci\"}, "
          + "{\"name\": \"virtio-replay-pci\", \"parent\": \"virtio-pci\"}, "
          + "{\"name\": \"virtio-rng-pci\", \"parent\": \"virtio-pci\"}, "
          + "{\"name\": \"virtio-serial-pci\", \"parent\": \"virtio-pci\"}, "
          + "{\"name\": \"virtio-vsock-pci\", \"parent\": \"virtio-pci\"}]",
      "{\"implements\": \"nope\"} > []"})
  void typesAreListedByWhatTheyAreKindsOf(String arguments, String answer) {
    assertEquals(answer, client.ask("qom-list-types", arguments));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', quoteCharacter = '`', value = {
      "device-list-properties > virtio-rng-pci > [{\"name\": \"addr\", \"type\": \"int32\", \"description\": "
          + "\"Slot and optional function number, example: 06.0 or 06\", \"default-value\": -1}]",
      "qom-list-properties > container > []",
      "device-list-properties > nope > {\"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"Device 'nope' not found\"}}",
      "qom-list-properties > nope > {\"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"Class 'nope' not found\"}}",
      "device-list-properties > virtio-pci > {\"error\": {\"class\": \"GenericError\", \"desc\": "
          + "\"Parameter 'typename' expects a non-abstract device type\"}}",
      "device-list-properties > memory-backend-ram > {\"error\": {\"class\": \"GenericError\", \"desc\": "
          + "\"Parameter 'typename' expects a non-abstract device type\"}}"})
  void propertiesAreListedByType(String command, String type, String answer) {
    assertEquals(answer, client.ask(command, "{\"typename\": \"" + type + "\"}"));
  }
}

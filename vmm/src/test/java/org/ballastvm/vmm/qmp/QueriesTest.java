package org.ballastvm.vmm.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.loop.Await;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a machine says of itself that nobody has done anything to. Members are QEMU 7.2's. */
@Tag("kvm")
class QueriesTest {
  private static final String BALLOON = "/machine/peripheral/balloon0/virtio-backend";

  private final Client client = Client
      .of(TestMachine
          .idle(new DeviceConfig.Balloon(Optional.of("balloon0"), OptionalInt.empty(), BalloonConfig.DEFAULTS)));

  @AfterEach
  void endMachine() { client.close(); }

  @ParameterizedTest
  @CsvSource(delimiter = '>', quoteCharacter = '`', value = {
      "query-uuid > {\"UUID\": \"00000000-0000-0000-0000-000000000000\"}",
      "query-kvm > {\"enabled\": true, \"present\": true}", "query-target > {\"arch\": \"x86_64\"}",
      "query-chardev > []", "query-memory-devices > []", "query-acpi-ospm-status > []", "query-iothreads > []",
      "query-memory-size-summary > {\"base-memory\": 1073741824, \"plugged-memory\": 0}",
      "query-memdev > [{\"id\": \"ballast.ram\", \"size\": 1073741824, \"merge\": true, \"dump\": true, "
          + "\"prealloc\": false, \"share\": false, \"reserve\": true, \"host-nodes\": [], \"policy\": \"default\"}]",
      "query-machines > [{\"name\": \"ballast\", \"is-default\": true, \"cpu-max\": 254, \"hotpluggable-cpus\": false, "
          + "\"numa-mem-supported\": false, \"deprecated\": false, \"default-cpu-type\": \"host-x86_64-cpu\", "
          + "\"default-ram-id\": \"ballast.ram\"}]",
      "x-query-virtio > [{\"path\": \"" + BALLOON + "\", \"name\": \"virtio-balloon\"}]"})
  void aQueryIsAnswered(String command, String answer) { assertEquals(answer, client.ask(command)); }

  @Test
  void eachProcessorHasItsThreadAndItsPlace() {
    // A thread has its number once it runs.
    Await.until(() -> !client.ask("query-cpus-fast").contains("\"thread-id\": 0, \"props\""));
    String cpus = client.ask("query-cpus-fast").replaceAll("\"thread-id\": [1-9]\\d+", "\"thread-id\": N");
    assertEquals(cpu(0) + ", " + cpu(1), cpus.substring(1, cpus.length() - 1));
    assertTrue(client.ask("query-hotpluggable-cpus")
        .startsWith("[{\"type\": \"host-x86_64-cpu\", \"vcpus-count\": 1, \"props\": {\"socket-id\": 0"));
  }

  private static String cpu(int index) {
    return "{\"cpu-index\": " + index + ", \"qom-path\": \"/machine/unattached/device[" + index
        + "]\", \"thread-id\": N, \"props\": {\"socket-id\": 0, \"core-id\": " + index
        + ", \"thread-id\": 0}, \"target\": \"x86_64\"}";
  }

  @Test
  void thePciBusHasTheBridgeAndTheDevicesWithTheirIds() {
    String pci = client.ask("query-pci");
    assertTrue(pci.startsWith("[{\"bus\": 0, \"devices\": [{\"bus\": 0, \"slot\": 0, \"function\": 0, "
        + "\"class_info\": {\"desc\": \"Host bridge\", \"class\": 1536}, "), pci);
    assertTrue(pci.contains("{\"device\": 4165, \"vendor\": 6900, \"subsystem\": 4352, \"subsystem-vendor\": 6900}"),
        pci);
    assertTrue(
        pci.contains("\"irq_pin\": 1, \"qdev_id\": \"balloon0\", \"regions\": [{\"bar\": 1, \"type\": \"memory\", "
            + "\"address\": -1, \"size\": 4096, \"prefetch\": false, \"mem_type_64\": false}, "),
        pci);
  }

  @Test
  void aVirtioDeviceWithoutADriverHasSaidWhatItOffers() {
    String status = client.ask("x-query-virtio-status", "{\"path\": \"" + BALLOON + "\"}");
    assertTrue(status.startsWith("{\"name\": \"virtio-balloon\", \"device-id\": 5, "), status);
    assertTrue(status.contains("\"guest-features\": {\"transports\": [], \"dev-features\": []}"), status);
    assertTrue(status.contains("\"VIRTIO_BALLOON_F_STATS_VQ: Guest memory stats VQ available\""), status);
    assertTrue(status.contains("\"VIRTIO_F_VERSION_1: Device compliant for v1 spec (legacy)\""), status);
    assertTrue(status.contains("\"status\": {\"statuses\": []}"), status);
    assertEquals("{\"name\": \"virtio-balloon\", \"queue-index\": 1, \"inuse\": 0, \"vring-num\": 128, "
        + "\"vring-num-default\": 128, \"vring-align\": 4096, \"vring-desc\": 0, \"vring-avail\": 0, \"vring-used\": 0, "
        + "\"last-avail-idx\": 0, \"shadow-avail-idx\": 0, \"used-idx\": 0, \"signalled-used\": 0, "
        + "\"signalled-used-valid\": false}",
        client.ask("x-query-virtio-queue-status", "{\"path\": \"" + BALLOON + "\", \"queue\": 1}"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', quoteCharacter = '`', value = {
      "x-query-virtio-status > {\"path\": \"/machine/peripheral/balloon0\"} "
          + "> Path /machine/peripheral/balloon0 is not a VirtIODevice",
      "x-query-virtio-queue-status > {\"path\": \"balloon0\", \"queue\": 0} > Path balloon0 is not a VirtIODevice",
      "x-query-virtio-queue-status > {\"path\": \"" + BALLOON + "\", \"queue\": 99} > Invalid virtqueue number 99",
      "x-query-virtio-queue-status > {\"path\": \"" + BALLOON + "\", \"queue\": -1} > Invalid virtqueue number -1",
      "x-query-virtio-queue-status > {\"path\": \"" + BALLOON + "\"} > Parameter 'queue' is missing"})
  void aWrongPathOrQueueIsNamed(String command, String arguments, String sentence) {
    assertEquals("{\"error\": {\"class\": \"GenericError\", \"desc\": \"" + sentence + "\"}}",
        client.ask(command, arguments));
  }

  @Test
  void memoryIsSavedByPhysicalAndVirtualAddresses(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("saved");
    assertEquals("{}", client.ask("pmemsave", "{\"val\": 4096, \"size\": 10, \"filename\": \"" + file + "\"}"));
    assertEquals(10, Files.size(file));
    assertEquals("{}", client.ask("memsave", "{\"val\": 8192, \"size\": 5000, \"filename\": \"" + file + "\"}"));
    assertEquals(5000, Files.size(file));
    String refused = client.ask("memsave",
        "{\"val\": 0, \"size\": 1, \"filename\": \"" + file + "\", \"cpu-index\": 2}");
    assertTrue(refused.contains("Parameter 'cpu-index' is 2: must be a processor, 0 to 1"), refused);
    String page = client.ask("x-ballast-query-page-table", "{\"address\": 4096}");
    assertTrue(page.contains("\"place\": \"ram\""), page);
  }
}

package org.ballastvm.vmm.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What help lists is what the parser takes, and nothing else. */
class ModelTest {
  /** What a device cannot be without. */
  private static final Set<String> NEEDED = Set.of("chardev", "drive", "file", "fsdev", "guest-cid", "mount_tag",
      "netdev",
      "path",
      "tag", "source");

  static Stream<Model<DeviceConfig>> devices() { return DeviceModels.ALL.stream(); }

  static Stream<Model<ObjectConfig>> objects() { return ObjectModels.ALL.stream(); }

  /** A value that its type takes: what it has anyway, where that is listed. */
  private static String given(ModelProperty<?> property) {
    return property.name() + "=" + switch (property.name()) {
      case "addr" -> property.type().equals("int32") ? "5" : "0";
      case "memdev" -> "m0";
      case "mem-path" -> "/tmp";
      case "size", "hugetlbsize", "block-size" -> "2M";
      case "memaddr" -> "0x140000000";
      case "poll-max-ns", "poll-grow", "poll-shrink", "aio-max-batch", "prealloc-threads", "num-queues" -> "1";
      case "hugetlb" -> "on";
      case "netdev" -> "n0";
      case "mac" -> "52:54:00:00:00:01";
      case "vectors", "vhostfd", "guest-cid" -> "4";
      case "path" -> "/tmp/v";
      case "host_mtu" -> "1500";
      case "host-nodes" -> "0";
      case "policy" -> "bind";
      default -> property.fallback().map(one -> one instanceof Boolean flag ? (flag ? "on" : "off") : one.toString())
          .orElse("on");
    };
  }

  private static String all(Model<?> model) {
    return model.properties().stream().map(ModelTest::given).reduce(model.name() + ",id=d0",
        (text, property) -> text + "," + property);
  }

  @ParameterizedTest
  @MethodSource("devices")
  void allPropertiesOfADeviceAreTaken(Model<?> model) {
    DeviceConfig config = DeviceModels.parse(KeyValues.parse("-device", all(model), "driver"));
    assertEquals(model.name(), config.driver());
    assertEquals("d0", config.id().orElseThrow());
  }

  @ParameterizedTest
  @MethodSource("devices")
  void whatHelpSaysIsWhatADeviceHasWithoutAWord(Model<?> model) {
    boolean needsMemory = model.properties().contains(MemoryDeviceModel.MEMDEV);
    String least = model.properties().stream().map(ModelProperty::name).filter(NEEDED::contains)
        .map(name -> "," + name + (name.equals("guest-cid") ? "=3" : "=x"))
        .reduce(model.name() + ",id=d0" + (needsMemory ? ",memdev=m0" : ""), String::concat);
    String words = model.properties().stream().filter(property -> property.usual().isPresent()).map(ModelTest::given)
        .reduce(least, (text, property) -> text + "," + property);
    assertEquals(DeviceModels.parse(KeyValues.parse("-device", least, "driver")),
        DeviceModels.parse(KeyValues.parse("-device", words, "driver")));
  }

  @ParameterizedTest
  @MethodSource("objects")
  void allPropertiesOfAnObjectAreTaken(Model<?> model) {
    assertEquals(model.name(), ObjectModels.parse(KeyValues.parse("-object", all(model), "qom-type")).qomType());
  }

  @Test
  void whatADeviceHasNotIsRefusedByName() {
    UserError refused = assertThrows(UserError.class,
        () -> DeviceModels.parse(KeyValues.parse("-device", "virtio-rng-pci,deflate-on-oom=on", "driver")));
    assertEquals("-device virtio-rng-pci: Property 'virtio-rng-pci.deflate-on-oom' not found; there are addr",
        refused.getMessage());
  }

  @Test
  void helpHasQemusColumns() {
    String help = Model.find(DeviceModels.ALL, "virtio-balloon").orElseThrow().help();
    assertEquals("""
        virtio-balloon-pci options:
          addr=<int32>           - Slot and optional function number, example: 06.0 or 06 (default: -1)
          auto-high=<size>       - With more available memory the guest loses some; 0 for what suits it (default: 0)
          auto-low=<size>        - With less available memory the guest gets some; 0 for what suits it (default: 0)
          auto-rate=<size>       - What it loses in a second at most (default: 67108864)
          auto=<bool>            - on/off (default: false)
          deflate-on-oom=<bool>  - on/off (default: false)
          free-page-hint=<bool>  - on/off (default: false)
          free-page-reporting=<bool> - on/off (default: false)
          guest-stats-polling-interval=<int> - In seconds; 0 for never (default: 0)
          iothread=<link<iothread>> - The thread that gives back what free-page-hint brings
          page-poison=<bool>     - on/off (default: true)""", help);
    assertTrue(DeviceModels.LIST.contains("name \"virtio-mem-pci\", bus PCI, alias \"virtio-mem\""),
        DeviceModels.LIST);
  }
}

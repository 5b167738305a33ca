package org.ballastvm.vmm.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A kind of device or object, as users know it: what help prints, what a program is told and what the command line takes
 * come from here.
 *
 * @param name what {@code -device} or {@code -object} knows it by
 * @param alias another name, if it has one
 * @param parent the type that it is a kind of
 * @param bus where it goes, if anywhere
 * @param description in a few words, where its name does not say it
 * @param properties what it takes, besides an id
 */
public record DeviceModel(String name, Optional<String> alias, String parent, Optional<String> bus,
    Optional<String> description, List<ModelProperty> properties) {
  private static final ModelProperty SLOT = ModelProperty.number("addr", "int32",
      "Slot and optional function number, example: 06.0 or 06", -1);
  private static final ModelProperty MEMDEV = ModelProperty.of("memdev", "link<memory-backend>",
      "Its memory, which nothing else uses");
  private static final ModelProperty NODE = ModelProperty.number("node", "uint32", "Its NUMA node", 0);

  private static final ModelProperty TIMEOUT = ModelProperty.number("request-timeout", "uint32",
      "After how many seconds it is told that the guest has not done what it was asked; 0 for never",
      DeviceConfig.USUAL_OVERDUE_SECONDS);

  /** All kinds of devices, by name. */
  public static final List<DeviceModel> DEVICES = List.of(
      new DeviceModel("isa-debug-exit", Optional.empty(), "isa-device", Optional.of("ISA"), Optional.empty(),
          List.of(ModelProperty.number("iobase", "uint32", "Its first I/O port", 0x501),
              ModelProperty.number("iosize", "uint32", "How many I/O ports it takes", 2))),
      new DeviceModel("pc-dimm", Optional.empty(), "device", Optional.empty(), Optional.of("DIMM memory module"),
          List.of(MEMDEV, NODE,
              ModelProperty.number("addr", "uint64", "Guest physical address; 0 for the first that fits", 0),
              ModelProperty.number("slot", "int32", "Its slot; -1 for the first free one", -1), TIMEOUT)),
      new DeviceModel("pvpanic", Optional.empty(), "isa-device", Optional.of("ISA"), Optional.empty(), List.of()),
      virtio("virtio-balloon", ModelProperty.bool("deflate-on-oom", false), ModelProperty.bool("page-poison", true),
          ModelProperty.bool("free-page-reporting", false), ModelProperty.bool("free-page-hint", false),
          ModelProperty.of("iothread", "link<iothread>", "The thread that gives back what free-page-hint brings"),
          ModelProperty.number("guest-stats-polling-interval", "int", "In seconds; 0 for never", 0),
          ModelProperty.bool("auto", false),
          ModelProperty.number("auto-low", "size",
              "With less available memory the guest gets some; 0 for what suits it", 0),
          ModelProperty.number("auto-high", "size",
              "With more available memory the guest loses some; 0 for what suits it", 0),
          ModelProperty.number("auto-rate", "size", "What it loses in a second at most",
              AutoBalloonConfig.DEFAULTS.rateBytes())),
      virtio("virtio-mem", MEMDEV, NODE,
          ModelProperty.number("requested-size", "size", "What the guest should plug, in bytes", 0),
          ModelProperty.of("block-size", "size", "What is plugged at once, in bytes; what suits the host without"),
          ModelProperty.of("memaddr", "uint64", "Guest physical address; the first that fits without"),
          ModelProperty.bool("prealloc", false),
          new ModelProperty("unplugged-inaccessible", "OnOffAuto", Optional.of("on/off/auto"), Optional.of("auto")),
          ModelProperty.bool("dynamic-memslots", true), TIMEOUT),
      virtio("virtio-rng"));

  private static final List<ModelProperty> MEMORY = List.of(
      ModelProperty.of("size", "int", "Size of the memory region (ex: 500M)"),
      ModelProperty.of("share", "bool", "Whether others may map the memory"),
      ModelProperty.of("prealloc", "bool", "Preallocate memory"),
      ModelProperty.of("prealloc-threads", "int", "Number of CPU threads to use for prealloc"),
      ModelProperty.of("reserve", "bool", "Whether the host reserves swap for it"),
      ModelProperty.of("merge", "bool", "Whether the host may merge equal pages"),
      ModelProperty.of("dump", "bool", "Whether it is part of a core dump"),
      ModelProperty.of("host-nodes", "int", "Binds memory to the list of NUMA host nodes"),
      ModelProperty.of("policy", "HostMemPolicy", "Set the NUMA policy"));

  /** All kinds of objects, by name. */
  public static final List<DeviceModel> OBJECTS = List.of(
      new DeviceModel(IoThreadConfig.TYPE, Optional.empty(), "object", Optional.empty(), Optional.empty(),
          Stream.of("poll-max-ns", "poll-grow", "poll-shrink", "aio-max-batch")
              .map(name -> ModelProperty.of(name, "int", "Taken, and shown; the thread never polls")).toList()),
      memory("memory-backend-file", ModelProperty.of("mem-path", "string", "A file, or a directory for one")),
      memory("memory-backend-memfd", ModelProperty.of("hugetlb", "bool", "Use huge pages"),
          ModelProperty.of("hugetlbsize", "int", "Huge pages size (ex: 2M, 1G)")),
      memory("memory-backend-ram"));

  private static DeviceModel virtio(String kind, ModelProperty... properties) {
    return new DeviceModel(kind + "-pci", Optional.of(kind), "virtio-pci", Optional.of("PCI"), Optional.empty(),
        with(List.of(SLOT), properties));
  }

  private static DeviceModel memory(String name, ModelProperty... properties) {
    return new DeviceModel(name, Optional.empty(), "memory-backend", Optional.empty(), Optional.empty(),
        with(MEMORY, properties));
  }

  private static List<ModelProperty> with(List<ModelProperty> first, ModelProperty... more) {
    return Stream.concat(first.stream(), Arrays.stream(more)).toList();
  }

  /**
   * A kind by its name.
   *
   * @param models {@link #DEVICES} or {@link #OBJECTS}
   * @param name its name, or its alias
   * @return the kind, if there is one
   */
  public static Optional<DeviceModel> find(List<DeviceModel> models, String name) {
    return models.stream().filter(model -> model.name.equals(name) || model.alias.equals(Optional.of(name)))
        .findFirst();
  }

  /**
   * What help prints of all kinds.
   *
   * @return lines, as QEMU's {@code -device help}
   */
  static String list() {
    return DEVICES.stream()
        .map(model -> "name \"" + model.name + "\"" + model.bus.map(bus -> ", bus " + bus).orElse("")
            + model.alias.map(alias -> ", alias \"" + alias + "\"").orElse("")
            + model.description.map(text -> ", desc \"" + text + "\"").orElse(""))
        .collect(Collectors.joining("\n"));
  }

  /** {@return what {@code NAME,help} prints: a line for each property} */
  public String help() {
    return name + " options:\n"
        + properties.stream().map(ModelProperty::line).sorted().collect(Collectors.joining("\n"));
  }

  /** Refuses what it has not, by name; an id, the kind itself and the bus are no properties. */
  void refuseUnknown(KeyValues values) {
    for (String key : values.keys()) {
      if (!key.equals("id") && !(key.equals("bus") && bus.isPresent())
          && properties.stream().noneMatch(property -> property.name().equals(key))) {
        throw values.error("Property '" + name + "." + key + "' not found; there are " + names());
      }
    }
  }

  private String names() {
    return properties.stream().map(ModelProperty::name).sorted().collect(Collectors.joining(", "));
  }
}

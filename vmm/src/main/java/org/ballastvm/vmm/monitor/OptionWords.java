package org.ballastvm.vmm.monitor;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ballastvm.vmm.config.DeviceOptions;
import org.ballastvm.vmm.config.ObjectOptions;
import org.ballastvm.vmm.machine.Machine;

/**
 * What {@code driver,property=value,...} could go on with, and what help tells of it. A test holds the properties against
 * the parsers.
 */
final class OptionWords {
  private static final String HELP = ",help";
  private static final String IOTHREAD = "link<iothread>";
  private static final String MEMDEV = "link<memory-backend>";

  /** {@code device_add}. */
  static final OptionWords DEVICES = new OptionWords(DeviceOptions.LIST, List.of(text("id")), Map.of(
      "virtio-balloon-pci", List.of(text("addr"), flag("deflate-on-oom"), flag("page-poison"),
          flag("free-page-reporting"), flag("free-page-hint"), typed("iothread", IOTHREAD),
          typed("guest-stats-polling-interval", "int"), flag("auto"),
          typed("auto-low", "size"), typed("auto-high", "size"), typed("auto-rate", "size")),
      "virtio-rng-pci", List.of(text("addr")),
      "virtio-mem-pci", List.of(text("addr"), typed("memdev", MEMDEV), typed("node", "uint32"),
          typed("requested-size", "size"), typed("block-size", "size"), typed("memaddr", "uint64"), flag("prealloc"),
          new Option("unplugged-inaccessible", "OnOffAuto", List.of("auto", "on", "off")),
          typed("request-timeout", "uint32")),
      "pc-dimm", List.of(typed("memdev", MEMDEV), typed("node", "uint32"), typed("slot", "int32"),
          typed("addr", "uint64"), typed("request-timeout", "uint32"))));
  /** {@code object_add}. */
  static final OptionWords OBJECTS = new OptionWords(ObjectOptions.LIST, List.of(text("id")), Map.of(
      "iothread", List.of(typed("poll-max-ns", "int"), typed("poll-grow", "int"), typed("poll-shrink", "int"),
          typed("aio-max-batch", "int")),
      "memory-backend-ram", memory(), "memory-backend-memfd", memory(flag("hugetlb"), typed("hugetlbsize", "size")),
      "memory-backend-file", memory(text("mem-path"))));

  /** A property: its name, its type as help tells it, and its values if there are only so many. */
  record Option(String name, String type, List<String> values) {}

  private final List<String> kinds;
  private final List<Option> common;
  private final Map<String, List<Option>> own;

  OptionWords(String list, List<Option> common, Map<String, List<Option>> own) {
    this.kinds = list.lines().flatMap(OptionWords::kind).toList();
    this.common = common;
    this.own = own;
  }

  /** A line of a list, of which some are headings: {@code name "X", bus PCI}, or indented. */
  private static Stream<String> kind(String line) {
    if (line.startsWith("name \"")) {
      return Stream.of(line.split("\"")[1]);
    }
    return line.startsWith("  ") ? Stream.of(line.strip()) : Stream.empty();
  }

  private static List<Option> memory(Option... own) {
    return Stream.concat(Stream.of(typed("size", "size"), flag("share"), flag("prealloc"),
        typed("prealloc-threads", "int"), flag("reserve"), flag("merge"), flag("dump")), Stream.of(own)).toList();
  }

  private static Option text(String name) { return new Option(name, "string", List.of()); }

  private static Option typed(String name, String type) { return new Option(name, type, List.of()); }

  private static Option flag(String name) { return new Option(name, "bool", List.of("on", "off")); }

  /** The kinds that there are. */
  List<String> kinds() { return kinds; }

  /** The properties of a kind. */
  List<Option> options(String kind) {
    return Stream.concat(common.stream(), own.getOrDefault(kind, List.of()).stream()).toList();
  }

  /** What is told of a kind, if that is what was asked: {@code virtio-rng-pci,help}. */
  Optional<String> help(String given) {
    String kind = given.endsWith(HELP) ? given.substring(0, given.length() - HELP.length()) : "";
    return kinds.contains(kind)
        ? Optional.of(options(kind).stream().map(option -> "  " + option.name + "=<" + option.type + ">\n").sorted()
            .collect(Collectors.joining("", kind + " options:\n", "")))
        : Optional.empty();
  }

  /** What a line could go on with. */
  List<String> completions(Machine vm, String start) {
    int comma = start.lastIndexOf(',');
    if (comma < 0) {
      return kinds;
    }
    String before = start.substring(0, comma + 1);
    List<String> given = Arrays.asList(before.split(","));
    List<Option> options = options(given.getFirst());
    String last = start.substring(comma + 1);
    int equals = last.indexOf('=');
    if (equals < 0) {
      return options.stream().map(option -> option.name + "=")
          .filter(name -> given.stream().noneMatch(part -> part.startsWith(name))).map(name -> before + name).toList();
    }
    return options.stream().filter(option -> option.name.equals(last.substring(0, equals)))
        .flatMap(option -> values(vm, option)).map(value -> before + last.substring(0, equals + 1) + value).toList();
  }

  private static Stream<String> values(Machine vm, Option option) {
    return option.type.equals(MEMDEV)
        ? vm.parts().objects().all().stream().filter(entry -> entry.user().isEmpty())
            .map(entry -> entry.backend().config().id())
        : option.type.equals(IOTHREAD)
            ? vm.parts().iothreads().all().stream().map(thread -> thread.config().id())
            : option.values.stream();
  }
}

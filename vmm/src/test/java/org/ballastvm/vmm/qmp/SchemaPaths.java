package org.ballastvm.vmm.qmp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.ballastvm.vmm.wire.Shape;

/**
 * A schema as lines that can be compared: {@code COMMAND arguments/MEMBER/MEMBER TYPE}, {@code COMMAND returns[]/MEMBER
 * TYPE}, {@code EVENT data/MEMBER TYPE}. Members of all variants stand side by side.
 */
final class SchemaPaths {
  private final Map<String, SchemaInfo> byName;
  private final List<String> lines = new ArrayList<>();

  private SchemaPaths(List<SchemaInfo> entries) {
    byName = entries.stream().collect(Collectors.toMap(SchemaInfo::name, Function.identity()));
  }

  static List<String> of(List<SchemaInfo> entries) {
    SchemaPaths paths = new SchemaPaths(entries);
    for (SchemaInfo entry : entries) {
      if (entry instanceof SchemaInfo.Command command) {
        paths.walk(command.name() + " arguments", command.argType());
        paths.walk(command.name() + " returns", command.retType());
      } else if (entry instanceof SchemaInfo.Event event) {
        paths.walk(event.name() + " data", event.argType());
      }
    }
    return paths.lines;
  }

  private void walk(String path, String type) {
    switch (byName.get(type)) {
      case SchemaInfo.Builtin builtin -> lines.add(path + " " + Shape.wireName(builtin.jsonType()));
      case SchemaInfo.Words words -> lines.add(path + " string");
      case SchemaInfo.Array array -> walk(path + "[]", array.elementType());
      case SchemaInfo.Fields object -> {
        lines.add(path + " object");
        object.members().forEach(field -> walk(path + "/" + field.name(), field.type()));
        object.variants().orElse(List.of()).forEach(variant -> walk(path, variant.type()));
      }
      case SchemaInfo.Command command -> throw new IllegalStateException(path + " is a command");
      case SchemaInfo.Event event -> throw new IllegalStateException(path + " is an event");
    }
  }
}

package org.ballastvm.vmm.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.ballastvm.vmm.wire.JsonOutput;
import org.junit.jupiter.api.Test;

/** The schema is whole, and says what QEMU 7.2's says of the same commands and events. */
class SchemaTest {
  private static final List<SchemaInfo> ENTRIES = Schema.entries(QmpCommands.ALL);
  private static final Map<String, SchemaInfo> BY_NAME = ENTRIES.stream()
      .collect(Collectors.toMap(SchemaInfo::name, Function.identity()));

  private static List<String> references(SchemaInfo entry) {
    List<String> all = new ArrayList<>();
    switch (entry) {
      case SchemaInfo.Builtin builtin -> {
        // Stands for itself.
      }
      case SchemaInfo.Words words -> assertEquals(words.values(), words.members().stream().map(w -> w.name()).toList());
      case SchemaInfo.Array array -> all.add(array.elementType());
      case SchemaInfo.Fields fields -> {
        fields.members().forEach(field -> all.add(field.type()));
        fields.variants().orElse(List.of()).forEach(variant -> all.add(variant.type()));
      }
      case SchemaInfo.Command command -> all.addAll(List.of(command.argType(), command.retType()));
      case SchemaInfo.Event event -> all.add(event.argType());
    }
    return all;
  }

  @Test
  void everyReferenceLeadsToAType() {
    for (SchemaInfo entry : ENTRIES) {
      for (String reference : references(entry)) {
        SchemaInfo type = BY_NAME.get(reference);
        assertTrue(type != null && !(type instanceof SchemaInfo.Command || type instanceof SchemaInfo.Event),
            entry + " refers to " + reference);
      }
    }
  }

  @Test
  void argumentsAreObjectsAndTagsAreWordsWithAVariantEach() {
    for (SchemaInfo entry : ENTRIES) {
      if (entry instanceof SchemaInfo.Command command) {
        assertTrue(BY_NAME.get(command.argType()) instanceof SchemaInfo.Fields, command.name());
      } else if (entry instanceof SchemaInfo.Event event) {
        assertTrue(BY_NAME.get(event.argType()) instanceof SchemaInfo.Fields, event.name());
      } else if (entry instanceof SchemaInfo.Fields object && object.tag().isPresent()) {
        String type = object.members().stream().filter(field -> field.name().equals(object.tag().get())).findFirst()
            .orElseThrow().type();
        assertEquals(((SchemaInfo.Words) BY_NAME.get(type)).values(),
            object.variants().orElseThrow().stream().map(SchemaInfo.Variant::tag).toList());
      }
    }
  }

  @Test
  void itHasTheCommandsThatQueryCommandsLists() {
    assertEquals(QmpCommands.ALL.stream().map(command -> command.name()).sorted().toList(),
        ENTRIES.stream().filter(SchemaInfo.Command.class::isInstance).map(SchemaInfo::name).sorted().toList());
  }

  @Test
  void aClientReadsItInQemusForm() {
    JsonOutput output = new JsonOutput(false);
    output.write(ENTRIES);
    String text = new String(output.bytes(), 0, output.count(), StandardCharsets.UTF_8);
    for (String part : List.of("{\"meta-type\": \"builtin\", \"name\": \"str\", \"json-type\": \"string\"}",
        "{\"meta-type\": \"command\", \"name\": \"stop\", \"arg-type\": \"Empty\", \"ret-type\": \"Empty\"}",
        "{\"name\": \"bus\", \"type\": \"str\", \"default\": null}",
        "\"tag\": \"type\", \"variants\": [{\"case\": \"dimm\", \"type\": \"MemoryDeviceInfo.Dimm.Wrapper\"}",
        "\"features\": [\"json-cli\", \"json-cli-hotplug\"]}")) {
      assertTrue(text.contains(part), part);
    }
  }

  /** What QEMU has no word for. */
  private static final Set<String> OURS_ALONE = Set.of("x-complete", "x-ballast-query-dmesg", "x-ballast-query-stacks",
      "x-ballast-query-tasks", "x-ballast-query-kernel", "x-ballast-query-page-table", "x-ballast-query-symbols",
      "x-ballast-query-ballooned-pages", "x-ballast-query-watch", "x-ballast-query-written-pages",
      "x-ballast-save-symbols", "x-ballast-watch-address", "x-ballast-watch-pages",
      "memory-set", "query-memory-requests",
      "MEMORY_REQUEST_OVERDUE", "MEMORY_SET_ENDED", "BALLOON_AUTO",
      "balloon-free-page-hint", "query-balloon-free-page-hint", "BALLOON_HINT_COMPLETED",
      "x-ballast-fault-clear", "x-ballast-fault-inject", "x-ballast-query-faults", "x-ballast-record-start",
      "x-ballast-record-stop", "x-ballast-query-records", "x-ballast-query-replays",
      "REPLAY_DIVERGED");

  /** Each line is a path into QEMU 7.2's schema and the JSON type there, as {@code qemu-schema.py} beside it wrote them. */
  @Test
  void qemuHasEveryMemberOfOursUnderTheSameNameAndType() throws IOException {
    List<String> qemu = Files.readAllLines(Path.of("src/test/resources/qmp/qemu-7.2-schema.txt"));
    List<String> ours = SchemaPaths.of(ENTRIES);
    assertTrue(ours.size() > 150, ours.size() + " paths");
    TreeSet<String> unknown = new TreeSet<>(ours);
    qemu.forEach(unknown::remove);
    unknown.removeIf(path -> OURS_ALONE.contains(path.substring(0, path.indexOf(' '))));
    assertEquals(List.of(), List.copyOf(unknown));
  }
}

package org.ballastvm.vmm.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables of devices and objects in the command line's page are what the models say. */
class DeviceTableTest {
  private static final Path PAGE = Path.of("..", "docs", "command-line.md");

  static Stream<List<? extends Model<?>>> tables() { return Stream.of(DeviceModels.ALL, ObjectModels.ALL); }

  /** A flag says on or off, as users write it. */
  private static String cell(ModelProperty<?> property) {
    String name = "`" + property.name() + "`";
    return property.fallback()
        .map(fallback -> name + " (" + (fallback instanceof Boolean on ? on ? "on" : "off" : fallback) + ")")
        .orElse(name);
  }

  private static String row(Model<?> model) {
    return "| `" + model.name() + "` | "
        + Stream.concat(Stream.of("`id`"), model.properties().stream().map(DeviceTableTest::cell))
            .collect(Collectors.joining(", "))
        + " |";
  }

  @ParameterizedTest
  @MethodSource("tables")
  void thePageHasARowForEachKind(List<? extends Model<?>> models) throws IOException {
    String table = models.stream().map(DeviceTableTest::row).collect(Collectors.joining("\n"));
    List<String> rows = Files.readAllLines(PAGE);
    assertTrue(rows.contains(row(models.getFirst())), () -> "the page lacks, or has otherwise:\n" + table);
    int first = rows.indexOf(row(models.getFirst()));
    assertEquals(table, String.join("\n", rows.subList(first, first + models.size())));
  }
}

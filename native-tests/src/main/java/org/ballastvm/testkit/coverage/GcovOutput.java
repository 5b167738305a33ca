package org.ballastvm.testkit.coverage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What {@code gcov --json-format --stdout} says (gcov(1)): an object for each file of counters, one behind the other. Members
 * that are not known here are skipped: each version of gcc adds some.
 */
final class GcovOutput {
  private static final JsonFactory JSON = new JsonFactory();

  private final JsonParser parser;
  private Tracefile read = Tracefile.EMPTY;

  private GcovOutput(JsonParser parser) { this.parser = parser; }

  /**
   * Reads it.
   *
   * @throws IOException if it is something else
   */
  static Tracefile read(InputStream output) throws IOException {
    try (JsonParser parser = JSON.createParser(output)) {
      GcovOutput all = new GcovOutput(parser);
      while (parser.nextToken() != null) {
        all.object();
      }
      return all.read;
    }
  }

  /** Of one file of counters. Where its paths start is said before or behind them. */
  private void object() throws IOException {
    require(JsonToken.START_OBJECT);
    String directory = "/";
    SortedMap<String, CoveredSource> sources = new TreeMap<>();
    while (nextMember()) {
      switch (parser.currentName()) {
        case "current_working_directory" -> directory = parser.getText();
        case "files" -> forEach(() -> file(sources));
        default -> parser.skipChildren();
      }
    }
    SortedMap<String, CoveredSource> absolute = new TreeMap<>();
    for (var source : sources.entrySet()) {
      absolute.merge(Path.of(directory).resolve(source.getKey()).normalize().toString(), source.getValue(),
          CoveredSource::plus);
    }
    read = read.plus(new Tracefile(absolute));
  }

  private void file(SortedMap<String, CoveredSource> sources) throws IOException {
    String path = "";
    SortedMap<Integer, Long> lines = new TreeMap<>();
    SortedMap<String, CoveredSource.Function> functions = new TreeMap<>();
    while (nextMember()) {
      switch (parser.currentName()) {
        case "file" -> path = parser.getText();
        case "lines" -> forEach(() -> line(lines));
        case "functions" -> forEach(() -> function(functions));
        default -> parser.skipChildren();
      }
    }
    sources.merge(path, new CoveredSource(lines, functions), CoveredSource::plus);
  }

  /** A line of two functions, which a macro made, is there twice. */
  private void line(SortedMap<Integer, Long> lines) throws IOException {
    int number = 0;
    long count = 0;
    while (nextMember()) {
      switch (parser.currentName()) {
        case "line_number" -> number = parser.getIntValue();
        case "count" -> count = parser.getLongValue();
        default -> parser.skipChildren();
      }
    }
    lines.merge(number, count, Long::sum);
  }

  private void function(SortedMap<String, CoveredSource.Function> functions) throws IOException {
    String name = "";
    int line = 0;
    long calls = 0;
    while (nextMember()) {
      switch (parser.currentName()) {
        case "name" -> name = parser.getText();
        case "start_line" -> line = parser.getIntValue();
        case "execution_count" -> calls = parser.getLongValue();
        default -> parser.skipChildren();
      }
    }
    functions.put(name, new CoveredSource.Function(line, calls));
  }

  /** Goes to the value of the next member; at the end of the object there is none. */
  private boolean nextMember() throws IOException {
    if (parser.nextToken() == JsonToken.END_OBJECT) {
      return false;
    }
    parser.nextToken();
    return true;
  }

  /** Reads what stands in an object, whose beginning has been read. */
  @FunctionalInterface
  private interface Element {
    void read() throws IOException;
  }

  /** Reads an array of objects. */
  private void forEach(Element element) throws IOException {
    require(JsonToken.START_ARRAY);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      require(JsonToken.START_OBJECT);
      element.read();
    }
  }

  private void require(JsonToken token) throws IOException {
    if (parser.currentToken() != token) {
      throw new IOException("gcov said " + parser.currentToken() + " where " + token + " should be");
    }
  }
}

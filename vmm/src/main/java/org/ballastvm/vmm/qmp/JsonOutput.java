package org.ballastvm.vmm.qmp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values as JSON, in QEMU's spacing. */
final class JsonOutput {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final Separators SEPARATORS = Separators.createDefaultInstance()
      .withObjectFieldValueSpacing(Spacing.AFTER).withObjectEntrySpacing(Spacing.AFTER)
      .withArrayValueSpacing(Spacing.AFTER).withObjectEmptySeparator("").withArrayEmptySeparator("");
  private static final DefaultPrettyPrinter.Indenter NOTHING = DefaultPrettyPrinter.NopIndenter.instance;

  private final PrettyPrinter lineByLine;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);

  /** Writes each value on a line of its own, or each member if it is to be pretty. */
  JsonOutput(boolean pretty) {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter(
        pretty ? SEPARATORS.withObjectEntrySpacing(Spacing.NONE).withArrayValueSpacing(Spacing.NONE) : SEPARATORS);
    if (!pretty) {
      printer.indentObjectsWith(NOTHING);
      printer.indentArraysWith(NOTHING);
    }
    lineByLine = printer;
  }

  /** The value, and CR LF as QEMU ends a message. */
  byte[] write(Object value) {
    bytes.reset();
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      json.setPrettyPrinter(((DefaultPrettyPrinter) lineByLine).createInstance());
      write(json, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    bytes.write('\r');
    bytes.write('\n');
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, Object value) throws IOException {
    if (value instanceof String text) {
      json.writeString(text);
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else if (value instanceof Integer number) {
      json.writeNumber(number);
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Record record) {
      writeRecord(json, record);
    } else if (value instanceof List<?> elements) {
      json.writeStartArray();
      for (Object element : elements) {
        write(json, element);
      }
      json.writeEndArray();
    } else if (value instanceof Map<?, ?> members) {
      json.writeStartObject();
      for (Map.Entry<?, ?> member : members.entrySet()) {
        json.writeFieldName((String) member.getKey());
        write(json, member.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof Enum<?> constant) {
      json.writeString(Shape.wireName(constant));
    } else if (value instanceof BigInteger number) {
      json.writeNumber(number);
    } else if (value instanceof Double number) {
      json.writeNumber(number);
    } else if (value == null) {
      json.writeNull();
    } else {
      throw new IllegalArgumentException("JSON has no " + value.getClass());
    }
  }

  private static void writeRecord(JsonGenerator json, Record record) throws IOException {
    Shape shape = Shape.of(record.getClass());
    json.writeStartObject();
    if (shape.branch().isPresent()) {
      json.writeStringField("type", shape.branch().get());
      json.writeObjectFieldStart("data");
    }
    for (Shape.Part part : shape.parts()) {
      Object value = part.read(record);
      if (value instanceof Optional<?> optional) {
        if (optional.isEmpty()) {
          continue;
        }
        value = optional.get();
      }
      json.writeFieldName(part.name());
      write(json, value);
    }
    if (shape.branch().isPresent()) {
      json.writeEndObject();
    }
    json.writeEndObject();
  }
}

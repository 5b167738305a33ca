package org.ballastvm.vmm.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values as JSON, in QEMU's spacing, and in ASCII alone as QEMU writes it. */
public final class JsonOutput {
  private static final JsonFactory FACTORY = JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII)
      // A client's id comes back within an object of ours.
      .streamWriteConstraints(StreamWriteConstraints.builder().maxNestingDepth(2 * JsonInput.DEEPEST).build()).build();
  private static final Separators SEPARATORS = Separators.createDefaultInstance().withRootSeparator(null)
      .withObjectFieldValueSpacing(Spacing.AFTER).withObjectEntrySpacing(Spacing.AFTER)
      .withArrayValueSpacing(Spacing.AFTER).withObjectEmptySeparator("").withArrayEmptySeparator("");
  private static final DefaultPrettyPrinter.Indenter NOTHING = DefaultPrettyPrinter.NopIndenter.instance;
  private static final int USUAL_BYTES = 512;
  /** A buffer that grew larger for one answer is not kept for all that follow. */
  private static final int MOST_KEPT_BYTES = 16 << 10;

  /** Lets its bytes be sent without a copy. */
  private static final class Buffer extends ByteArrayOutputStream {
    Buffer() { super(USUAL_BYTES); }

    byte[] bytes() { return buf; }
  }

  private final DefaultPrettyPrinter spacing;
  private Buffer buffer = new Buffer();
  private JsonGenerator generator;

  /**
   * Output with nothing written.
   *
   * @param pretty whether each member has a line of its own; otherwise each value has
   */
  public JsonOutput(boolean pretty) {
    spacing = new DefaultPrettyPrinter(
        pretty ? SEPARATORS.withObjectEntrySpacing(Spacing.NONE).withArrayValueSpacing(Spacing.NONE) : SEPARATORS);
    if (!pretty) {
      spacing.indentObjectsWith(NOTHING);
      spacing.indentArraysWith(NOTHING);
    }
  }

  /**
   * Writes a value, and CR LF as QEMU ends a message, behind what was written since {@link #reset}.
   *
   * @param value a record, an enum's constant, or what {@link JsonInput.Reader} has, at any depth
   * @throws IllegalArgumentException if something else is in it
   */
  public void write(Object value) {
    try {
      if (generator == null) {
        generator = FACTORY.createGenerator(buffer);
        generator.setPrettyPrinter(spacing.createInstance());
      }
      write(generator, value);
      generator.writeRaw("\r\n");
      generator.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // no device behind it, and no text that JSON has not: JsonInput saw to that
    }
  }

  /** {@return what was written, and more behind it} */
  public byte[] bytes() { return buffer.bytes(); }

  /** {@return how many bytes were written} */
  public int count() { return buffer.size(); }

  /** Forgets what was written. */
  public void reset() {
    if (buffer.size() > MOST_KEPT_BYTES) {
      buffer = new Buffer();
      generator = null;
    } else {
      buffer.reset();
    }
  }

  /** The value in lines, each level four spaces further in, as QEMU's human monitor shows it. */
  static String indented(Object value) {
    StringWriter text = new StringWriter();
    DefaultPrettyPrinter.Indenter indenter = new DefaultIndenter("    ", "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter(
        SEPARATORS.withObjectEntrySpacing(Spacing.NONE).withArrayValueSpacing(Spacing.NONE));
    printer.indentObjectsWith(indenter);
    printer.indentArraysWith(indenter);
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.setPrettyPrinter(printer);
      write(json, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
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
    } else if (value == JsonNull.NULL) {
      json.writeNull();
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
    boolean below = shape.branch().isPresent() && !shape.branch().get().flat();
    if (shape.branch().isPresent()) {
      json.writeStringField(shape.branch().get().tag(), shape.branch().get().value());
    }
    if (below) {
      json.writeObjectFieldStart(Branch.DATA);
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
    if (below) {
      json.writeEndObject();
    }
    json.writeEndObject();
  }
}

package org.ballastvm.vmm.attach;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values that a machine sends, one after the other: of any length, where those that a machine reads are short. */
final class JsonStream implements Closeable {
  private final JsonParser parser;

  JsonStream(InputStream input) throws IOException { parser = new JsonFactory().createParser(input); }

  /**
   * The next one: Map, List, String, Long, BigInteger, Double, Boolean; null at the end.
   *
   * @throws IOException also for what is no JSON
   */
  Object next() throws IOException {
    JsonToken token = parser.nextToken();
    return token == null ? null : value(token);
  }

  /** Jackson bounds how deep this goes. */
  private Object value(JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Object> members = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          members.put(name, value(parser.nextToken()));
        }
        yield members;
      }
      case START_ARRAY -> {
        List<Object> elements = new ArrayList<>();
        for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
          elements.add(value(next));
        }
        yield elements;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> {
        Number number = parser.getNumberValue();
        yield number instanceof Integer ? (Object) number.longValue() : number;
      }
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
        throw new IOException("no value begins with " + token);
    };
  }

  @Override
  public void close() throws IOException { parser.close(); }
}

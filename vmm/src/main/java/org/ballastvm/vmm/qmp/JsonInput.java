package org.ballastvm.vmm.qmp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON values out of a stream of bytes that ends nowhere in particular. What breaks the syntax or a limit is told once,
 * and everything up to the next line feed, or byte 0xff, is dropped: there the client begins anew.
 */
final class JsonInput {
  /** As QEMU's. */
  static final int DEEPEST = 1024;
  /** The longest message, in bytes: nothing that there is to say comes near. */
  static final int LONGEST = 1 << 20;

  private static final int LINE_FEED = '\n';
  private static final int RESTART = 0xff;
  /** What a container may hold in all; a message is bounded already, and this bounds what its values take. */
  private static final JsonFactory FACTORY = JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).maxStringLength(LONGEST)
          .maxNameLength(LONGEST).build())
      // Names that clients make up would stay in the tables of the process.
      .disable(JsonFactory.Feature.INTERN_FIELD_NAMES).disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();

  /** Takes what was read. */
  interface Reader {
    /**
     * A value is complete.
     *
     * @param json Map, List, String, Long, BigInteger, Double, Boolean or null
     */
    void value(Object json);

    /**
     * What came is no JSON.
     *
     * @param why in a sentence
     */
    void broken(String why);
  }

  /** An object or an array whose end has not come. */
  private static final class Open {
    final Map<String, Object> members;
    final List<Object> elements;
    String name;

    Open(Map<String, Object> members, List<Object> elements) {
      this.members = members;
      this.elements = elements;
    }

    Object value() { return members == null ? elements : members; }
  }

  private final Reader reader;
  private final Deque<Open> open = new ArrayDeque<>();
  private JsonParser parser;
  private ByteArrayFeeder feeder;
  private int messageBytes;
  private boolean dropping;

  JsonInput(Reader reader) { this.reader = reader; }

  /** Forgets what is half read. */
  void clear() {
    restart();
    dropping = false;
  }

  /** Reads; complete values are given to the reader before it returns. */
  void read(byte[] bytes, int offset, int count) {
    int end = offset + count;
    int start = offset;
    while (start < end) {
      int stop = start;
      while (stop < end && !endsLine(bytes[stop])) {
        stop++;
      }
      boolean complete = stop < end;
      int next = complete ? stop + 1 : stop;
      if (dropping) {
        dropping = !complete;
      } else if (complete && (bytes[stop] & 0xff) == RESTART) {
        parse(bytes, start, stop);
        clearRestarted();
      } else if (!parse(bytes, start, next)) {
        dropping = !complete;
      }
      start = next;
    }
  }

  private static boolean endsLine(byte one) { return one == LINE_FEED || (one & 0xff) == RESTART; }

  /** The client says that it begins anew; if it was in the middle of something, it is told that this is lost. */
  private void clearRestarted() {
    boolean within = !open.isEmpty();
    clear();
    if (within) {
      reader.broken("byte 0xff within a message; what came before it is dropped");
    }
  }

  private void restart() {
    parser = null;
    feeder = null;
    messageBytes = 0;
    open.clear();
  }

  /** False if it is broken, which has been told. */
  private boolean parse(byte[] bytes, int start, int end) {
    messageBytes += end - start;
    if (messageBytes > LONGEST) {
      return broken("the message is longer than " + LONGEST + " bytes");
    }
    try {
      if (parser == null) {
        parser = FACTORY.createNonBlockingByteArrayParser();
        feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
      }
      feeder.feedInput(bytes, start, end);
      for (JsonToken token = parser.nextToken(); token != JsonToken.NOT_AVAILABLE; token = parser.nextToken()) {
        if (!take(token)) {
          return broken("duplicate key");
        }
      }
      return true;
    } catch (JsonProcessingException e) {
      return broken(firstSentence(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean broken(String why) {
    restart();
    reader.broken(why);
    return false;
  }

  private static String firstSentence(String message) {
    int lineEnd = message.indexOf('\n');
    return lineEnd < 0 ? message : message.substring(0, lineEnd);
  }

  /** False for a member that its object has already. */
  private boolean take(JsonToken token) throws IOException {
    switch (token) {
      case START_OBJECT -> open.push(new Open(new LinkedHashMap<>(), null));
      case START_ARRAY -> open.push(new Open(null, new ArrayList<>()));
      case FIELD_NAME -> open.peek().name = parser.currentName();
      case END_OBJECT, END_ARRAY -> {
        return put(open.pop().value());
      }
      case VALUE_STRING -> {
        return put(parser.getText());
      }
      case VALUE_NUMBER_INT -> {
        Number number = parser.getNumberValue();
        return put(number instanceof Integer ? (Object) number.longValue() : number);
      }
      case VALUE_NUMBER_FLOAT -> {
        return put(parser.getDoubleValue());
      }
      case VALUE_TRUE -> {
        return put(true);
      }
      case VALUE_FALSE -> {
        return put(false);
      }
      case VALUE_NULL -> {
        return put(null);
      }
      case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> throw new IllegalStateException("no such token in JSON: " + token);
    }
    return true;
  }

  private boolean put(Object value) {
    Open parent = open.peek();
    if (parent == null) {
      messageBytes = 0;
      reader.value(value);
    } else if (parent.members == null) {
      parent.elements.add(value);
    } else if (parent.members.containsKey(parent.name)) {
      return false;
    } else {
      parent.members.put(parent.name, value);
    }
    return true;
  }
}

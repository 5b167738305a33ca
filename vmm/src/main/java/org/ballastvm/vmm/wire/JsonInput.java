package org.ballastvm.vmm.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * JSON values out of a stream of bytes that ends nowhere in particular, from somebody who may wish us ill. What breaks
 * the syntax or a limit is reported once, and everything up to the next line feed, or byte 0xff, is dropped: there the client
 * begins again.
 */
public final class JsonInput {
  /** How deep containers nest: more than anybody needs, and little enough for recursion on a small stack. */
  public static final int DEEPEST = 256;
  /** The longest message, in bytes: nothing that there is to say comes near. */
  public static final int LONGEST = 64 << 10;
  /** The most values in one message: a few bytes of text can become a hundred of memory, and all clients share one heap. */
  static final int MOST_VALUES = 4096;

  private static final int LINE_FEED = '\n';
  private static final int RESTART = 0xff;
  private static final long PREPARE_STACK_BYTES = 256 << 10;
  private static final AtomicBoolean PREPARED = new AtomicBoolean();
  private static final JsonFactory FACTORY = JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).maxStringLength(LONGEST)
          .maxNameLength(LONGEST).build())
      // Names that clients make up would stay in the tables of the process.
      .disable(JsonFactory.Feature.INTERN_FIELD_NAMES).disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
      // QEMU takes them, and people at a shell type them.
      .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES).build();

  /** Takes what was read. Either method may lead to {@link JsonInput#clear}. */
  public interface Reader {
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

    /** {@return whether another value may follow at once; if not, {@link JsonInput#read} returns} */
    default boolean takesMore() {
      return true;
    }
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

    /** Empty ones are all the same one: a message could be made of nothing else. */
    Object value() {
      if (members == null) {
        return elements.isEmpty() ? List.of() : elements;
      }
      return members.isEmpty() ? Map.of() : members;
    }
  }

  private final Reader reader;
  private final Deque<Open> open = new ArrayDeque<>();
  private JsonParser parser;
  private ByteArrayFeeder feeder;
  private int messageBytes;
  private int messageValues;
  private int lastByte;
  private boolean dropping;
  /** Counts how often all was forgotten, which may happen within a call to the reader. */
  private int clears;

  /**
   * Input of which nothing was read.
   *
   * @param reader takes what is read
   */
  public JsonInput(Reader reader) { this.reader = reader; }

  /**
   * Does ahead, on a thread of its own, what the first message would wait for: the JDK raises 5 to its highest power when a
   * number is first parsed, 30 ms of it before anything is compiled. Once is enough for all.
   */
  public static void prepare() {
    if (PREPARED.getAndSet(true)) {
      return;
    }
    Thread thread = new Thread(null, JsonInput::firstParser, "ballast-json", PREPARE_STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
  }

  private static void firstParser() {
    try (JsonParser nobodys = FACTORY.createNonBlockingByteArrayParser()) {
      nobodys.nextToken();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // there is no device behind the parser
    }
  }

  /** Forgets what is half read. */
  public void clear() {
    restart();
    dropping = false;
    lastByte = 0;
    clears++;
  }

  /**
   * Reads; complete values are given to the reader before it returns.
   *
   * @param bytes holds what came
   * @param offset where in it that begins
   * @param count how many bytes came
   * @return how many bytes were taken: all, unless the reader takes no more values now
   */
  public int read(byte[] bytes, int offset, int count) {
    int end = offset + count;
    int before = clears;
    int start = offset;
    while (start < end) {
      int stop = stop(bytes, start, end);
      int why = stop < end ? bytes[stop] & 0xff : 0;
      int next = stop < end ? stop + 1 : end;
      if (!dropping) {
        int left = parse(bytes, start, why == LINE_FEED ? next : stop);
        if (clears != before) {
          return count;
        }
        if (left > 0) {
          lastByte = 0;
          return (why == LINE_FEED ? next : stop) - left - offset;
        }
      }
      if (stop < end) {
        stopped(why);
        if (clears != before) {
          return count;
        }
      }
      start = next;
    }
    return count;
  }

  /** Where a line ends, the client begins again, or a byte is that no UTF-8 has there. */
  private int stop(byte[] bytes, int start, int end) {
    int last = lastByte;
    int at = start;
    while (at < end) {
      int one = bytes[at] & 0xff;
      if (one == LINE_FEED || one >= 0x80 && !mayFollow(last, one)) {
        break;
      }
      last = one;
      at++;
    }
    lastByte = at < end ? 0 : last;
    return at;
  }

  /** The Unicode Standard, table 3-7, without what the parser checks itself: that enough bytes follow a first one. */
  private static boolean mayFollow(int last, int one) {
    return switch (last) {
      case 0xe0 -> one >= 0xa0;
      case 0xed -> one < 0xa0;
      case 0xf0 -> one >= 0x90;
      case 0xf4 -> one < 0x90;
      default -> one < 0xc0 || one > 0xc1 && one < 0xf5;
    };
  }

  private void stopped(int why) {
    if (why == LINE_FEED) {
      dropping = false;
      if (open.isEmpty()) {
        messageBytes = 0;
      }
    } else if (why == RESTART) {
      boolean within = !open.isEmpty();
      restart();
      dropping = false;
      if (within) {
        // Reported, for it waits for an answer.
        reader.broken("byte 0xff within a message; what came before it is dropped");
      }
    } else if (!dropping) {
      broken("invalid UTF-8");
    }
  }

  private void restart() {
    parser = null;
    feeder = null;
    messageBytes = 0;
    messageValues = 0;
    open.clear();
  }

  /** How many bytes are left over, because the reader takes no more now. */
  private int parse(byte[] bytes, int start, int end) {
    messageBytes += end - start;
    if (messageBytes > LONGEST) {
      broken("the message is longer than " + LONGEST + " bytes");
      return 0;
    }
    try {
      if (parser == null) {
        parser = FACTORY.createNonBlockingByteArrayParser();
        feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
      }
      JsonParser current = parser;
      feeder.feedInput(bytes, start, end);
      JsonToken token = current.nextToken();
      while (token != JsonToken.NOT_AVAILABLE) {
        take(token);
        if (parser != current) {
          return 0; // broken, or forgotten
        }
        if (open.isEmpty() && !reader.takesMore()) {
          int left = current.releaseBuffered(OutputStream.nullOutputStream());
          restart();
          return left;
        }
        token = current.nextToken();
      }
    } catch (JsonProcessingException e) {
      broken(firstSentence(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // there is no device behind the parser
    }
    return 0;
  }

  private void broken(String why) {
    restart();
    dropping = true;
    reader.broken(why);
  }

  private static String firstSentence(String message) {
    int lineEnd = message.indexOf('\n');
    return lineEnd < 0 ? message : message.substring(0, lineEnd);
  }

  private void take(JsonToken token) throws IOException {
    switch (token) {
      case START_OBJECT -> open.push(new Open(new LinkedHashMap<>(), null));
      case START_ARRAY -> open.push(new Open(null, new ArrayList<>()));
      case FIELD_NAME -> {
        open.peek().name = parser.currentName();
        requireUnicode(open.peek().name);
      }
      case END_OBJECT, END_ARRAY -> put(open.pop().value());
      case VALUE_STRING -> {
        String text = parser.getText();
        if (requireUnicode(text)) {
          put(text);
        }
      }
      case VALUE_NUMBER_INT -> {
        Number number = parser.getNumberValue();
        put(number instanceof Integer ? (Object) number.longValue() : number);
      }
      case VALUE_NUMBER_FLOAT -> putFraction(parser.getDoubleValue());
      case VALUE_TRUE -> put(true);
      case VALUE_FALSE -> put(false);
      case VALUE_NULL -> put(null);
      case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> throw new IllegalStateException("no such token in JSON: " + token);
    }
  }

  /** Half a character that was written as an escape could not be sent back. */
  private boolean requireUnicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c) || i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))) {
          broken(String.format("\\u%04x is not a valid Unicode character", (int) c));
          return false;
        }
        i++;
      }
    }
    return true;
  }

  private void putFraction(double number) {
    if (Double.isInfinite(number)) {
      broken("a number is out of range");
    } else {
      put(number);
    }
  }

  private void put(Object value) {
    Open parent = open.peek();
    if (parent == null) {
      messageBytes = 0;
      messageValues = 0;
      reader.value(value);
    } else if (++messageValues > MOST_VALUES) {
      broken("the message has more than " + MOST_VALUES + " values");
    } else if (parent.members == null) {
      parent.elements.add(value);
    } else if (parent.members.containsKey(parent.name)) {
      broken("duplicate key");
    } else {
      parent.members.put(parent.name, value);
    }
  }
}

package org.ballastvm.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever data is encoded, a reader that knows only the specification gets the same data back. */
class AmlPropertyTest {
  private static final int ROUNDS = 3_000;

  private long seed;
  private Random random;

  @BeforeEach
  void printSeed() {
    seed = Long.getLong("ballast.seed", System.nanoTime());
    System.out.println("AmlPropertyTest: -Dballast.seed=" + seed);
    random = new Random(seed);
  }

  @Test
  void everyIntegerIsReadBack() {
    for (int i = 0; i < ROUNDS; i++) {
      readBack(randomInteger());
    }
  }

  @Test
  void everyTreeOfDataIsReadBack() {
    for (int i = 0; i < ROUNDS; i++) {
      readBack(randomValue(4));
    }
  }

  @Test
  void everyLengthIsReadBack() {
    for (int i = 0; i < ROUNDS; i++) {
      int content = random.nextInt(1 << random.nextInt(4, 28));
      byte[] encoded = PackageLength.encodeEnclosing(content);
      assertEquals(content + encoded.length, new Reader(encoded).packageLength(), "seed " + seed);
      assertEquals(content, new Reader(PackageLength.encode(content)).packageLength(), "seed " + seed);
    }
  }

  private void readBack(AmlValue value) {
    Reader reader = new Reader(AmlCode.of(value));
    assertEquals(value, reader.value(), "seed " + seed);
    assertEquals(reader.bytes.length, reader.at, "seed " + seed);
  }

  private AmlValue randomValue(int depth) {
    return switch (random.nextInt(depth == 0 ? 3 : 4)) {
      case 0 -> randomInteger();
      case 1 -> Aml.text("x".repeat(random.nextInt(100)));
      case 2 -> {
        byte[] bytes = new byte[random.nextInt(5_000)];
        random.nextBytes(bytes);
        yield AmlValue.Buffer.of(bytes);
      }
      default -> {
        List<AmlValue> elements = new ArrayList<>();
        for (int i = random.nextInt(depth == 1 ? 300 : 8); i > 0; i--) {
          elements.add(depth == 1 ? randomInteger() : randomValue(depth - 1));
        }
        yield new AmlValue.Elements(elements);
      }
    };
  }

  private AmlValue randomInteger() {
    return Aml.integer(random.nextInt(50) == 0 ? -1 : random.nextLong() >>> random.nextInt(64));
  }

  /** Reads data objects as ACPI 6.5, 20.2.3 gives their encoding. */
  private static final class Reader {
    private final byte[] bytes;
    private int at;

    Reader(byte[] bytes) { this.bytes = bytes; }

    AmlValue value() {
      int opcode = u8();
      return switch (opcode) {
        case 0x00, 0x01 -> Aml.integer(opcode);
        case 0xff -> Aml.integer(-1);
        case 0x0a -> Aml.integer(number(1));
        case 0x0b -> Aml.integer(number(2));
        case 0x0c -> Aml.integer(number(4));
        case 0x0e -> Aml.integer(number(8));
        case 0x0d -> text();
        case 0x11 -> buffer();
        case 0x12, 0x13 -> elements(opcode == 0x13);
        default -> throw new AssertionError("opcode " + HexFormat.of().toHexDigits((byte) opcode) + " at " + at);
      };
    }

    int packageLength() {
      int lead = u8();
      int more = lead >>> 6;
      return more == 0 ? lead : (int) ((lead & 0xf) | (number(more) << 4));
    }

    private AmlValue text() {
      int start = at;
      while (u8() != 0) {
        // to the end
      }
      return Aml.text(new String(bytes, start, at - 1 - start, StandardCharsets.US_ASCII));
    }

    private AmlValue buffer() {
      int end = at + packageLength();
      AmlValue size = value();
      byte[] content = Arrays.copyOfRange(bytes, at, end);
      at = end;
      return new AmlValue.Buffer(size, HexFormat.of().formatHex(content));
    }

    private AmlValue elements(boolean variable) {
      int end = at + packageLength();
      long count = variable ? ((AmlValue.Int) value()).value() : u8();
      List<AmlValue> elements = new ArrayList<>();
      while (at < end) {
        elements.add(value());
      }
      assertEquals(count, elements.size());
      return new AmlValue.Elements(elements);
    }

    private int u8() { return Byte.toUnsignedInt(bytes[at++]); }

    private long number(int count) {
      long value = 0;
      for (int i = 0; i < count; i++) {
        value |= (long) u8() << (8 * i);
      }
      return value;
    }
  }
}

package org.ballastvm.acpi;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What has a value: constants, data objects, names, and operators over them (ACPI 6.5, 20.2.3 and 20.2.5.4). */
public sealed interface AmlValue permits AmlTarget, AmlValue.Int, AmlValue.Text, AmlValue.Buffer, AmlValue.Elements,
    AmlValue.ResourceTemplate, AmlExpression {

  /** A 64-bit integer, taken as unsigned. */
  record Int(long value) implements AmlValue {}

  /** A string of ASCII characters without NUL. */
  record Text(String text) implements AmlValue {
    public Text {
      if (!text.chars().allMatch(c -> c > 0 && c < 0x80)) {
        throw new IllegalArgumentException("not ASCII: \"" + text + "\"");
      }
    }
  }

  /** A buffer of {@code sizeBytes}; what {@code content}, in hexadecimal, does not fill is zero. */
  record Buffer(AmlValue sizeBytes, String content) implements AmlValue {
    /** A buffer that holds just these bytes. */
    public static Buffer of(byte... bytes) {
      return new Buffer(new Int(bytes.length), HexFormat.of().formatHex(bytes));
    }
  }

  /** A package of values and of names; a name stays a reference. */
  record Elements(List<AmlValue> elements) implements AmlValue {
    public Elements {
      elements = List.copyOf(elements);
    }
  }

  /** A buffer of resource descriptors with its end tag, what {@code _CRS} returns. */
  record ResourceTemplate(List<Resource> resources) implements AmlValue {
    public ResourceTemplate {
      resources = List.copyOf(resources);
    }
  }

  /** An operator of two operands whose result may also be stored. */
  enum BinaryOperator {
    ADD(0x72), CONCATENATE(0x73), SUBTRACT(0x74), MULTIPLY(0x77), SHIFT_LEFT(0x79), SHIFT_RIGHT(0x7a), AND(0x7b), //
    NAND(0x7c), OR(0x7d), NOR(0x7e), XOR(0x7f), CONCATENATE_TEMPLATES(0x84), MOD(0x85);

    final int opcode;

    BinaryOperator(int opcode) { this.opcode = opcode; }
  }

  /** An operator of one operand whose result may also be stored. */
  enum UnaryOperator {
    NOT(0x80), FIND_SET_LEFT_BIT(0x81), FIND_SET_RIGHT_BIT(0x82), TO_BUFFER(0x96), TO_HEX_STRING(0x98), TO_INTEGER(
        0x99);

    final int opcode;

    UnaryOperator(int opcode) { this.opcode = opcode; }
  }

  /** A comparison or logical connective of two operands; those that AML lacks are the negation of one that it has. */
  enum LogicalOperator {
    AND(0x90, false), OR(0x91, false), EQUAL(0x93, false), GREATER(0x94, false), LESS(0x95, false), //
    NOT_EQUAL(0x93, true), AT_MOST(0x94, true), AT_LEAST(0x95, true);

    final int opcode;
    final boolean negated;

    LogicalOperator(int opcode, boolean negated) {
      this.opcode = opcode;
      this.negated = negated;
    }
  }

  /** {@code left operator right}, also stored in {@code target} if there is one. */
  record Binary(BinaryOperator operator, AmlValue left, AmlValue right, Optional<AmlTarget> target)
      implements
        AmlExpression {}

  /** {@code operator operand}, also stored in {@code target} if there is one. */
  record Unary(UnaryOperator operator, AmlValue operand, Optional<AmlTarget> target) implements AmlExpression {}

  /** {@code dividend / divisor}; remainder and quotient are also stored where asked. */
  record Divide(AmlValue dividend, AmlValue divisor, Optional<AmlTarget> remainder, Optional<AmlTarget> quotient)
      implements
        AmlExpression {}

  /** A truth value of two operands. */
  record Logical(LogicalOperator operator, AmlValue left, AmlValue right) implements AmlExpression {}

  /** The opposite truth value. */
  record LogicalNot(AmlValue operand) implements AmlExpression {}

  /** What a reference refers to. */
  record DerefOf(AmlValue reference) implements AmlExpression {}

  /** The size of a buffer, string or package. */
  record SizeOf(AmlTarget object) implements AmlExpression {}

  /** The type of an object, as a number. */
  record ObjectType(AmlTarget object) implements AmlExpression {}

  /** A method's result. AML does not mark calls: {@code arguments} must be as many as the method takes. */
  record Call(NamePath method, List<AmlValue> arguments) implements AmlExpression {
    public Call {
      arguments = List.copyOf(arguments);
    }
  }

  /** Takes a mutex, waiting at most {@code timeoutMillis} (65535: for ever); true if the time ran out. */
  record Acquire(AmlTarget mutex, int timeoutMillis) implements AmlExpression {
    /** Waits for ever. */
    public static final int NO_TIMEOUT = 0xffff;
  }

  /** Stores a value, and has it. */
  record Store(AmlValue value, AmlTarget target) implements AmlExpression {}

  /** Adds one to a variable, and has the sum. */
  record Increment(AmlTarget variable) implements AmlExpression {}

  /** Takes one from a variable, and has the difference. */
  record Decrement(AmlTarget variable) implements AmlExpression {}
}

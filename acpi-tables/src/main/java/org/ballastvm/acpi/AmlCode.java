package org.ballastvm.acpi;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Turns terms into ACPI Machine Language (ACPI 6.5, chapter 20). A function of its input. */
public final class AmlCode {
  private static final int EXTENDED = 0x5b;
  private static final int NULL_NAME = 0x00;

  private final ByteSink out = new ByteSink();

  private AmlCode() {}

  /** The AML of a list of terms: what follows the header in a DSDT or SSDT. */
  public static byte[] of(List<AmlTerm> terms) {
    AmlCode code = new AmlCode();
    terms.forEach(code::term);
    return code.out.toArray();
  }

  /** The AML of one value. */
  static byte[] of(AmlValue value) {
    AmlCode code = new AmlCode();
    code.value(value);
    return code.out.toArray();
  }

  /**
   * Tests for one kind after the other, here and below: a switch over types takes tens of milliseconds of a machine's
   * start to set itself up. The tests encode every kind.
   */
  private void term(AmlTerm term) {
    if (term instanceof AmlExpression expression) {
      expression(expression);
    } else if (term instanceof AmlTerm.Name(NamePath path, AmlValue value)) {
      out.u8(0x08);
      name(path).value(value);
    } else if (term instanceof AmlTerm.Device(NamePath path, List<AmlTerm> body)) {
      extended(0x82);
      enclosed(in -> in.name(path).terms(body));
    } else if (term instanceof AmlTerm.Method method) {
      out.u8(0x14);
      enclosed(in -> {
        in.name(method.path()).out.u8(method.argumentCount() | (method.serialized() ? 8 : 0));
        in.terms(method.body());
      });
    } else if (term instanceof AmlTerm.If branch) {
      branch(branch);
    } else if (term instanceof AmlTerm.Notify(AmlTarget device, AmlValue value)) {
      out.u8(0x86);
      value(device).value(value);
    } else if (term instanceof AmlTerm.Scope(NamePath path, List<AmlTerm> body)) {
      out.u8(0x10);
      enclosed(in -> in.name(path).terms(body));
    } else if (term instanceof AmlTerm.Field field) {
      field(field);
    } else {
      rareTerm(term);
    }
  }

  private void rareTerm(AmlTerm term) {
    if (term instanceof AmlTerm.OperationRegion region) {
      extended(0x80);
      name(region.path()).out.u8(region.space().code);
      value(region.offset()).value(region.lengthBytes());
    } else if (term instanceof AmlTerm.CreateField(AmlTerm.BufferWidth width, AmlValue buffer, AmlValue offset, NamePath name)) {
      out.u8(width.opcode);
      value(buffer).value(offset).name(name);
    } else if (term instanceof AmlTerm.Mutex(NamePath path, int syncLevel)) {
      extended(0x01).name(path).out.u8(syncLevel);
    } else if (term instanceof AmlTerm.While(AmlValue condition, List<AmlTerm> body)) {
      out.u8(0xa2);
      enclosed(in -> in.value(condition).terms(body));
    } else if (term instanceof AmlTerm.Return(AmlValue value)) {
      out.u8(0xa4);
      value(value);
    } else if (term instanceof AmlTerm.Release(AmlTarget mutex)) {
      extended(0x27).value(mutex);
    } else if (term instanceof AmlTerm.Sleep(AmlValue millis)) {
      extended(0x22).value(millis);
    } else if (term instanceof AmlTerm.Jump jump) {
      out.u8(jump.opcode);
    } else {
      throw new IllegalStateException("no code for " + term);
    }
  }

  private AmlCode value(AmlValue value) {
    if (value instanceof AmlValue.Int(long number)) {
      integer(number);
    } else if (value instanceof AmlExpression expression) {
      expression(expression);
    } else if (value instanceof NamePath path) {
      name(path);
    } else if (value instanceof AmlValue.Elements(List<AmlValue> elements)) {
      elements(elements);
    } else if (value instanceof AmlTarget.Local(int number)) {
      out.u8(0x60 + number);
    } else if (value instanceof AmlTarget.Arg(int number)) {
      out.u8(0x68 + number);
    } else if (value instanceof AmlTarget.Index(AmlValue container, AmlValue position)) {
      out.u8(0x88);
      value(container).value(position).out.u8(NULL_NAME);
    } else if (value instanceof AmlValue.Text(String text)) {
      out.u8(0x0d).bytes(text.getBytes(StandardCharsets.US_ASCII)).u8(0);
    } else if (value instanceof AmlValue.Buffer(AmlValue size, String content)) {
      buffer(size, HexFormat.of().parseHex(content));
    } else if (value instanceof AmlValue.ResourceTemplate(List<Resource> resources)) {
      byte[] descriptors = ResourceCode.of(resources);
      buffer(new AmlValue.Int(descriptors.length), descriptors);
    } else {
      throw new IllegalStateException("no code for " + value);
    }
    return this;
  }

  private void expression(AmlExpression expression) {
    if (expression instanceof AmlValue.Binary(AmlValue.BinaryOperator operator, AmlValue left, AmlValue right, Optional<AmlTarget> into)) {
      out.u8(operator.opcode);
      value(left).value(right).target(into);
    } else if (expression instanceof AmlValue.Call(NamePath method, List<AmlValue> arguments)) {
      name(method);
      arguments.forEach(this::value);
    } else if (expression instanceof AmlValue.Store(AmlValue value, AmlTarget target)) {
      operation(0x70).value(value).value(target);
    } else if (expression instanceof AmlValue.Unary(AmlValue.UnaryOperator operator, AmlValue operand, Optional<AmlTarget> into)) {
      out.u8(operator.opcode);
      value(operand).target(into);
    } else if (expression instanceof AmlValue.Divide divide) {
      out.u8(0x78);
      value(divide.dividend()).value(divide.divisor()).target(divide.remainder()).target(divide.quotient());
    } else if (expression instanceof AmlValue.Logical(AmlValue.LogicalOperator operator, AmlValue left, AmlValue right)) {
      if (operator.negated) {
        out.u8(0x92);
      }
      out.u8(operator.opcode);
      value(left).value(right);
    } else {
      rareExpression(expression);
    }
  }

  private void rareExpression(AmlExpression expression) {
    if (expression instanceof AmlValue.LogicalNot(AmlValue operand)) {
      operation(0x92).value(operand);
    } else if (expression instanceof AmlValue.DerefOf(AmlValue reference)) {
      operation(0x83).value(reference);
    } else if (expression instanceof AmlValue.SizeOf(AmlTarget object)) {
      operation(0x87).value(object);
    } else if (expression instanceof AmlValue.ObjectType(AmlTarget object)) {
      operation(0x8e).value(object);
    } else if (expression instanceof AmlValue.Acquire(AmlTarget mutex, int timeoutMillis)) {
      extended(0x23).value(mutex).out.u16(timeoutMillis);
    } else if (expression instanceof AmlValue.Increment(AmlTarget variable)) {
      operation(0x75).value(variable);
    } else if (expression instanceof AmlValue.Decrement(AmlTarget variable)) {
      operation(0x76).value(variable);
    } else {
      throw new IllegalStateException("no code for " + expression);
    }
  }

  private void branch(AmlTerm.If branch) {
    out.u8(0xa0);
    enclosed(in -> in.value(branch.condition()).terms(branch.then()));
    if (!branch.otherwise().isEmpty()) {
      out.u8(0xa1);
      enclosed(in -> in.terms(branch.otherwise()));
    }
  }

  private void field(AmlTerm.Field field) {
    extended(0x81);
    enclosed(in -> {
      in.name(field.region()).out
          .u8(field.access().code | (field.locked() ? 1 << 4 : 0) | field.update().code << 5);
      for (AmlTerm.FieldUnit unit : field.units()) {
        if (unit instanceof AmlTerm.NamedUnit named) {
          in.name(NamePath.of(named.name()));
        } else {
          in.out.u8(0);
        }
        in.out.bytes(PackageLength.encode(unit.bits()));
      }
    });
  }

  private void integer(long value) {
    if (value == 0 || value == 1) {
      out.u8((int) value);
    } else if (value == -1) {
      out.u8(0xff);
    } else if (value >>> 8 == 0) {
      out.u8(0x0a).u8((int) value);
    } else if (value >>> 16 == 0) {
      out.u8(0x0b).u16((int) value);
    } else if (value >>> 32 == 0) {
      out.u8(0x0c).u32(value);
    } else {
      out.u8(0x0e).u64(value);
    }
  }

  private void buffer(AmlValue sizeBytes, byte[] content) {
    out.u8(0x11);
    enclosed(in -> in.value(sizeBytes).out.bytes(content));
  }

  private void elements(List<AmlValue> elements) {
    boolean countFitsByte = elements.size() <= 0xff;
    out.u8(countFitsByte ? 0x12 : 0x13);
    enclosed(in -> {
      if (countFitsByte) {
        in.out.u8(elements.size());
      } else {
        in.integer(elements.size());
      }
      elements.forEach(in::value);
    });
  }

  private AmlCode name(NamePath path) {
    if (path.absolute()) {
      out.u8('\\');
    }
    for (int i = 0; i < path.parents(); i++) {
      out.u8('^');
    }
    switch (path.segments().size()) {
      case 0 -> out.u8(NULL_NAME);
      case 1 -> {
        // One segment stands bare.
      }
      case 2 -> out.u8(0x2e);
      default -> out.u8(0x2f).u8(path.segments().size());
    }
    path.segments().forEach(segment -> out.text(segment, 4, '_'));
    return this;
  }

  private void terms(List<AmlTerm> terms) { terms.forEach(this::term); }

  private AmlCode target(Optional<AmlTarget> target) {
    target.ifPresentOrElse(this::value, () -> out.u8(NULL_NAME));
    return this;
  }

  private AmlCode operation(int opcode) {
    out.u8(opcode);
    return this;
  }

  private AmlCode extended(int opcode) {
    out.u8(EXTENDED).u8(opcode);
    return this;
  }

  private void enclosed(Consumer<AmlCode> body) {
    AmlCode inner = new AmlCode();
    body.accept(inner);
    byte[] content = inner.out.toArray();
    out.bytes(PackageLength.encodeEnclosing(content.length)).bytes(content);
  }
}

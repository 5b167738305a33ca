package org.ballastvm.acpi;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Short words for terms, so that Java which builds AML reads like the ASL it stands for. Names are as {@link NamePath#of} takes them. */
public final class Aml {
  private Aml() {}

  /** {@code Scope (path) { body }}. */
  public static AmlTerm scope(String path, AmlTerm... body) {
    return new AmlTerm.Scope(NamePath.of(path), List.of(body));
  }

  /** {@code Device (path) { body }}. */
  public static AmlTerm device(String path, AmlTerm... body) {
    return new AmlTerm.Device(NamePath.of(path), List.of(body));
  }

  /** {@code Name (path, value)}. */
  public static AmlTerm define(String path, AmlValue value) {
    return new AmlTerm.Name(NamePath.of(path), value);
  }

  /** {@code Name (path, value)} of an integer. */
  public static AmlTerm define(String path, long value) {
    return define(path, integer(value));
  }

  /** {@code Method (path, argumentCount, NotSerialized) { body }}. */
  public static AmlTerm method(String path, int argumentCount, AmlTerm... body) {
    return new AmlTerm.Method(NamePath.of(path), argumentCount, false, List.of(body));
  }

  /** {@code Method (path, argumentCount, Serialized) { body }}: one thread at a time. */
  public static AmlTerm serializedMethod(String path, int argumentCount, AmlTerm... body) {
    return new AmlTerm.Method(NamePath.of(path), argumentCount, true, List.of(body));
  }

  /** {@code OperationRegion (path, SystemIO, base, lengthBytes)}. */
  public static AmlTerm portRegion(String path, int base, int lengthBytes) {
    return new AmlTerm.OperationRegion(NamePath.of(path), AmlTerm.RegionSpace.SYSTEM_IO, integer(base),
        integer(lengthBytes));
  }

  /** {@code Field (region, access, NoLock, WriteAsZeros) { units }}. */
  public static AmlTerm field(String region, AmlTerm.FieldAccess access, AmlTerm.FieldUnit... units) {
    return new AmlTerm.Field(NamePath.of(region), access, false, AmlTerm.FieldUpdate.WRITE_AS_ZEROS, List.of(units));
  }

  /** A named piece of a field. */
  public static AmlTerm.FieldUnit unit(String name, int bits) {
    return new AmlTerm.NamedUnit(name, bits);
  }

  /** A skipped piece of a field. */
  public static AmlTerm.FieldUnit skip(int bits) {
    return new AmlTerm.Reserved(bits);
  }

  /** {@code Mutex (path, 0)}. */
  public static AmlTerm mutex(String path) {
    return new AmlTerm.Mutex(NamePath.of(path), 0);
  }

  /** {@code Acquire (path, 0xFFFF)}. */
  public static AmlExpression acquire(String path) {
    return new AmlValue.Acquire(NamePath.of(path), AmlValue.Acquire.NO_TIMEOUT);
  }

  /** {@code Release (path)}. */
  public static AmlTerm release(String path) {
    return new AmlTerm.Release(NamePath.of(path));
  }

  /** {@code If (condition) { then }}. */
  public static AmlTerm when(AmlValue condition, AmlTerm... then) {
    return new AmlTerm.If(condition, List.of(then), List.of());
  }

  /** {@code While (condition) { body }}. */
  public static AmlTerm loop(AmlValue condition, AmlTerm... body) {
    return new AmlTerm.While(condition, List.of(body));
  }

  /** {@code Return (value)}. */
  public static AmlTerm result(AmlValue value) { return new AmlTerm.Return(value); }

  /** {@code Notify (device, value)}. */
  public static AmlTerm notify(String device, long value) {
    return notify(device, integer(value));
  }

  /** {@code Notify (device, value)} of what is found out when it runs. */
  public static AmlTerm notify(String device, AmlValue value) {
    return new AmlTerm.Notify(NamePath.of(device), value);
  }

  /** {@code Store (value, target)}. */
  public static AmlExpression store(AmlValue value, AmlTarget target) {
    return new AmlValue.Store(value, target);
  }

  /** {@code CreateDWordField (buffer, offset, name)} and its kin. */
  public static AmlTerm view(AmlTerm.BufferWidth width, String buffer, int offsetBytes, String name) {
    return new AmlTerm.CreateField(width, NamePath.of(buffer), integer(offsetBytes), NamePath.of(name));
  }

  /** {@code And (left, right)}. */
  public static AmlExpression and(AmlValue left, long right) {
    return binary(AmlValue.BinaryOperator.AND, left, integer(right));
  }

  /** {@code Add (left, right)}. */
  public static AmlExpression add(AmlValue left, AmlValue right) {
    return binary(AmlValue.BinaryOperator.ADD, left, right);
  }

  /** {@code Subtract (left, right)}. */
  public static AmlExpression subtract(AmlValue left, AmlValue right) {
    return binary(AmlValue.BinaryOperator.SUBTRACT, left, right);
  }

  /** An operation whose result is not stored. */
  public static AmlExpression binary(AmlValue.BinaryOperator operator, AmlValue left, AmlValue right) {
    return new AmlValue.Binary(operator, left, right, Optional.empty());
  }

  /** A truth value of two operands. */
  public static AmlExpression test(AmlValue left, AmlValue.LogicalOperator operator, AmlValue right) {
    return new AmlValue.Logical(operator, left, right);
  }

  /** {@code LEqual (left, right)}. */
  public static AmlExpression equal(AmlValue left, AmlValue right) {
    return test(left, AmlValue.LogicalOperator.EQUAL, right);
  }

  /** {@code method (arguments)}. */
  public static AmlExpression call(String method, AmlValue... arguments) {
    return new AmlValue.Call(NamePath.of(method), List.of(arguments));
  }

  /** An integer. */
  public static AmlValue integer(long value) { return new AmlValue.Int(value); }

  /** A string. */
  public static AmlValue text(String text) { return new AmlValue.Text(text); }

  /** {@code EisaId (id)}. */
  public static AmlValue eisaId(String id) { return EisaId.of(id); }

  /** {@code ToUUID (uuid)}: the first three groups little-endian, the last two as they stand. */
  public static AmlValue uuid(UUID uuid) {
    long high = uuid.getMostSignificantBits();
    return AmlValue.Buffer.of(new ByteSink().u32(high >>> 32).u16((int) (high >>> 16)).u16((int) high)
        .u64(Long.reverseBytes(uuid.getLeastSignificantBits())).toArray());
  }

  /** {@code Package () { elements }}. */
  public static AmlValue elements(AmlValue... elements) {
    return new AmlValue.Elements(List.of(elements));
  }

  /** {@code Package () { elements }} of integers. */
  public static AmlValue integers(long... elements) {
    List<AmlValue> values = new ArrayList<>(elements.length);
    for (long element : elements) {
      values.add(integer(element));
    }
    return new AmlValue.Elements(values);
  }

  /** {@code ResourceTemplate () { resources }}. */
  public static AmlValue template(Resource... resources) {
    return new AmlValue.ResourceTemplate(List.of(resources));
  }

  /** An object by its name. */
  public static NamePath name(String path) { return NamePath.of(path); }

  /** A local variable. */
  public static AmlTarget local(int number) { return new AmlTarget.Local(number); }

  /** A method's argument. */
  public static AmlTarget arg(int number) { return new AmlTarget.Arg(number); }
}

package org.ballastvm.vmm.qmp;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.wire.Shape;

/** What a client sent, as the record that a command takes. The sentences are QEMU's. */
final class Binder {
  private Binder() {}

  /** The record; UserError if a member is missing, unexpected, or of another type. */
  static <A extends Record> A bind(Class<A> type, Map<String, Object> given) {
    List<Shape.Part> parts = Shape.of(type).parts();
    Object[] values = new Object[parts.size()];
    int taken = 0;
    int rest = -1;
    for (int i = 0; i < values.length; i++) {
      Shape.Part part = parts.get(i);
      if (part.rest()) {
        rest = i;
      } else {
        values[i] = member(part, given);
        taken += given.containsKey(part.name()) ? 1 : 0;
      }
    }
    if (rest >= 0) {
      values[rest] = others(parts, given);
    } else if (taken < given.size()) {
      throw new UserError("Parameter '" + others(parts, given).keySet().iterator().next() + "' is unexpected");
    }
    return make(type, values);
  }

  private static Map<String, Object> others(List<Shape.Part> parts, Map<String, Object> given) {
    Map<String, Object> others = new LinkedHashMap<>(given);
    parts.stream().filter(part -> !part.rest()).forEach(part -> others.remove(part.name()));
    return others;
  }

  private static Object member(Shape.Part part, Map<String, Object> given) {
    if (part.type() instanceof ParameterizedType generic && generic.getRawType() == Optional.class) {
      return given.containsKey(part.name())
          ? Optional.ofNullable(value(part.name(), generic.getActualTypeArguments()[0], given.get(part.name())))
          : Optional.empty();
    }
    if (!given.containsKey(part.name())) {
      throw new UserError("Parameter '" + part.name() + "' is missing");
    }
    return value(part.name(), part.type(), given.get(part.name()));
  }

  private static Object value(String name, Type type, Object json) {
    if (type == Object.class) {
      return json;
    }
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      List<Object> elements = new ArrayList<>();
      for (Object element : require(name, json, List.class, "array")) {
        elements.add(value(name, generic.getActualTypeArguments()[0], element));
      }
      return elements;
    }
    if (!(type instanceof Class<?> plain)) {
      throw new IllegalStateException("no command takes " + type);
    }
    if (plain == String.class) {
      return require(name, json, String.class, "string");
    }
    if (plain == boolean.class || plain == Boolean.class) {
      return require(name, json, Boolean.class, "boolean");
    }
    if (plain == long.class || plain == Long.class) {
      return require(name, json, Long.class, "integer");
    }
    if (plain == int.class || plain == Integer.class) {
      return inRange(name, require(name, json, Long.class, "integer"));
    }
    if (plain.isEnum()) {
      return constant(name, plain, require(name, json, String.class, "string"));
    }
    @SuppressWarnings("unchecked") // JSON's objects have names for keys
    Map<String, Object> members = require(name, json, Map.class, "object");
    return bind(plain.asSubclass(Record.class), members);
  }

  private static <T> T require(String name, Object json, Class<T> type, String expected) {
    if (type.isInstance(json)) {
      return type.cast(json);
    }
    throw new UserError("Invalid parameter type for '" + name + "', expected: " + expected);
  }

  private static int inRange(String name, long number) {
    if (number < Integer.MIN_VALUE || number > Integer.MAX_VALUE) {
      throw new UserError("Parameter '" + name + "' expects int32, not " + number);
    }
    return (int) number;
  }

  private static Object constant(String name, Class<?> type, String text) {
    return Arrays.stream(type.getEnumConstants()).filter(one -> Shape.wireName((Enum<?>) one).equals(text)).findFirst()
        .orElseThrow(() -> new UserError("Parameter '" + name + "' does not accept value '" + text + "'"));
  }

  private static <A extends Record> A make(Class<A> type, Object[] values) {
    try {
      return type.cast(Shape.of(type).constructor().newInstance(values));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof UserError wrong) {
        throw wrong;
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("not a record of ours: " + type, e);
    }
  }
}

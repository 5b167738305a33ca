package org.ballastvm.device;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/** A record as the bytes of a configuration space. */
final class ConfigRecord {
  private final List<Method> accessors = new ArrayList<>();
  private final List<Integer> widths = new ArrayList<>();
  private final int bytes;

  /**
   * The layout of a record.
   *
   * @throws IllegalArgumentException if a component is of another type than byte, short, int and long
   */
  ConfigRecord(Class<? extends Record> type) {
    int sum = 0;
    for (RecordComponent component : type.getRecordComponents()) {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true); // The record may be a private one of the device.
      accessors.add(accessor);
      widths.add(widthOf(type, component));
      sum += widths.getLast();
    }
    bytes = sum;
  }

  private static int widthOf(Class<?> type, RecordComponent component) {
    return switch (component.getType().getName()) {
      case "byte" -> 1;
      case "short" -> 2;
      case "int" -> 4;
      case "long" -> 8;
      default -> throw new IllegalArgumentException("the configuration " + type.getSimpleName() + " has "
          + component.getName() + " of type " + component.getType().getSimpleName()
          + "; components must be byte, short, int or long");
    };
  }

  int bytes() { return bytes; }

  /** Up to 8 bytes of a record, from an offset. */
  long read(Record record, int offset) {
    long value = 0;
    int at = 0;
    for (int i = 0; i < accessors.size(); i++) {
      long component = component(record, i);
      for (int b = 0; b < widths.get(i); b++, at++) {
        if (at >= offset && at < offset + Long.BYTES) {
          value |= (component >>> 8 * b & 0xff) << 8 * (at - offset);
        }
      }
    }
    return value;
  }

  private long component(Record record, int index) {
    try {
      return ((Number) accessors.get(index).invoke(record)).longValue();
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("the configuration " + record.getClass().getSimpleName() + " cannot be read", e);
    }
  }
}

package org.ballastvm.vmm.wire;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A record as it is on the wire, read from its class once.
 *
 * @param parts its members, in order
 * @param branch how it is distinguished from others, if it is one kind of several
 * @param constructor makes it of its members
 */
public record Shape(List<Part> parts, Optional<Branch> branch, Constructor<?> constructor) {
  private static final ClassValue<Shape> KNOWN = new ClassValue<>() {
    @Override
    protected Shape computeValue(Class<?> type) { return read(type); }
  };

  /**
   * A member.
   *
   * @param name on the wire
   * @param type as declared
   * @param rest whether it takes all members that no other one has
   * @param doc what it is
   * @param accessor reads it
   */
  public record Part(String name, Type type, boolean rest, String doc, Method accessor) {
    Object read(Record from) {
      try {
        return accessor.invoke(from);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("a record of another module: " + from.getClass(), e);
      } catch (InvocationTargetException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  /**
   * The shape of a record.
   *
   * @param record its class
   * @return what was read of it, once
   */
  public static Shape of(Class<?> record) { return KNOWN.get(record); }

  private static Shape read(Class<?> record) {
    List<Part> parts = new ArrayList<>();
    for (RecordComponent component : record.getRecordComponents()) {
      Member member = component.getAnnotation(Member.class);
      Method accessor = component.getAccessor();
      accessor.setAccessible(true); // the record may be seen by its package alone
      boolean named = member != null && !member.name().isEmpty();
      parts.add(new Part(named ? member.name() : hyphened(component.getName()), component.getGenericType(),
          member != null && member.rest(), member == null ? "" : member.value(), accessor));
    }
    return new Shape(List.copyOf(parts), branch(record), constructor(record));
  }

  /** A record's annotations are not looked at where there is none of these: the JVM spins a class for each kind it meets. */
  private static Optional<Branch> branch(Class<?> record) {
    return Branch.Of.class.isAssignableFrom(record)
        ? Optional.ofNullable(record.getAnnotation(Branch.class))
        : Optional.empty();
  }

  private static Constructor<?> constructor(Class<?> record) {
    Class<?>[] types = Arrays.stream(record.getRecordComponents()).map(RecordComponent::getType)
        .toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = record.getDeclaredConstructor(types);
      constructor.setAccessible(true); // as above
      return constructor;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("no record: " + record, e);
    }
  }

  private static String hyphened(String camelCase) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < camelCase.length(); i++) {
      char c = camelCase.charAt(i);
      if (Character.isUpperCase(c)) {
        name.append('-').append(Character.toLowerCase(c));
      } else {
        name.append(c);
      }
    }
    return name.toString();
  }

  /**
   * What a constant is called on the wire.
   *
   * @param constant one that may say it by {@link WireNamed}
   * @return its name in small letters and hyphens, where it does not
   */
  public static String wireName(Enum<?> constant) {
    if (constant instanceof WireNamed named) {
      return named.wireName();
    }
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

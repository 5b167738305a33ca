package org.ballastvm.state;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares two devices field by field, with all the objects of ours that they are made of: what a state record forgets is a
 * difference between a device and one that was made what the record says.
 *
 * <p>
 * What it meets of the JDK's, lambdas and the test's own stand-ins is the device's surroundings, and is not looked into.
 */
public final class SameFields {
  private static final String OURS = "org.ballastvm.";

  private final Set<String> ignored;
  private final Set<String> ignoredAndMet = new TreeSet<>();
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<String> different = new TreeSet<>();
  private final Set<String> met = new TreeSet<>();

  private SameFields(Set<String> ignored) { this.ignored = ignored; }

  /**
   * The fields that differ, each as its class and name.
   *
   * @param ignored fields that are no state, as {@code Class.field}, or {@code Class.*} for all of a class; each must be met
   */
  public static Set<String> differences(Object one, Object other, Set<String> ignored) {
    return compare(one, other, ignored).different;
  }

  /** The fields that change at all and are alike: of a new device and one that was at work, what the test has not touched. */
  public static Set<String> alike(Object one, Object other, Set<String> ignored) {
    SameFields walk = compare(one, other, ignored);
    Set<String> alike = new TreeSet<>(walk.met);
    alike.removeAll(walk.different);
    return alike;
  }

  private static SameFields compare(Object one, Object other, Set<String> ignored) {
    SameFields walk = new SameFields(ignored);
    walk.walk("", one, other);
    if (!walk.ignoredAndMet.equals(new TreeSet<>(ignored))) {
      throw new AssertionError("there are no fields to ignore but " + walk.ignoredAndMet + " of " + ignored);
    }
    return walk;
  }

  private void walk(String name, Object one, Object other) {
    if (one == other || isSurroundings(one) && isSurroundings(other)) {
      return;
    }
    if (one == null || other == null || one.getClass() != other.getClass()) {
      different.add(name);
    } else if (one.getClass().isArray()) {
      walkArray(name, one, other);
    } else if (one instanceof Optional<?> optional && optional.isPresent() && ((Optional<?>) other).isPresent()) {
      walk(name, optional.get(), ((Optional<?>) other).get());
    } else if (isValue(one)) {
      if (!one.equals(other)) {
        different.add(name);
      }
    } else if (isOurs(one.getClass()) && seen.add(one)) {
      walkFields(one.getClass(), one, other);
    }
  }

  private void walkArray(String name, Object one, Object other) {
    if (Array.getLength(one) != Array.getLength(other)) {
      different.add(name);
      return;
    }
    for (int i = 0; i < Array.getLength(one); i++) {
      walk(name, Array.get(one, i), Array.get(other, i));
    }
  }

  private void walkFields(Class<?> type, Object one, Object other) {
    if (!isOurs(type)) {
      return;
    }
    walkFields(type.getSuperclass(), one, other);
    for (Field field : type.getDeclaredFields()) {
      String name = type.getSimpleName() + "." + field.getName();
      String all = type.getSimpleName() + ".*";
      if (Modifier.isStatic(field.getModifiers()) || field.isSynthetic()) {
        continue;
      }
      if (ignored.contains(name) || ignored.contains(all)) {
        ignoredAndMet.add(ignored.contains(name) ? name : all);
        continue;
      }
      if (!Modifier.isFinal(field.getModifiers())
          || field.getType().isArray() && !isOurs(field.getType().componentType())) {
        met.add(name);
      }
      walk(name, get(field, one), get(field, other));
    }
  }

  private static Object get(Field field, Object object) {
    try {
      field.setAccessible(true);
      return field.get(object);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  /** A lambda: what a device calls. */
  private static boolean isSurroundings(Object object) {
    return object != null && object.getClass().isHidden();
  }

  private static boolean isValue(Object object) {
    return object instanceof Number || object instanceof Boolean || object instanceof Character
        || object instanceof String || object instanceof Enum || object instanceof Record || object instanceof List
        || object instanceof Optional;
  }

  private static boolean isOurs(Class<?> type) {
    return Objects.requireNonNullElse(type.getPackageName(), "").startsWith(OURS) && !type.isHidden()
        && !type.getPackageName().endsWith(".driver") && !isTestClass(type);
  }

  /** A class of a test, or one inside it. */
  private static boolean isTestClass(Class<?> type) {
    return type.getNestHost().getSimpleName().endsWith("Test");
  }
}

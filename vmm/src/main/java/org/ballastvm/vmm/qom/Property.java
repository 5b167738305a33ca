package org.ballastvm.vmm.qom;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A property of an object.
 *
 * @param name its name
 * @param type what values it has
 * @param getter gives a Boolean, a Long, a String, or a record
 * @param setter takes a value of its type; empty for one that can only be read
 */
public record Property(String name, PropertyType type, Supplier<Object> getter, Optional<Consumer<Object>> setter) {
  /**
   * One that can only be read.
   *
   * @param name its name
   * @param type what values it has
   * @param getter gives the value
   * @return the property
   */
  public static Property readOnly(String name, PropertyType type, Supplier<Object> getter) {
    return new Property(name, type, getter, Optional.empty());
  }

  /**
   * A whole number that can be written.
   *
   * @param name its name
   * @param type what values it has
   * @param getter gives the value
   * @param setter takes a value; throws UserError for one that cannot be
   * @return the property
   */
  public static Property number(String name, PropertyType type, Supplier<Long> getter, Consumer<Long> setter) {
    return new Property(name, type, getter::get, Optional.of(value -> setter.accept((Long) value)));
  }

  /**
   * A switch that can be written.
   *
   * @param name its name
   * @param getter gives the value
   * @param setter takes a value; throws UserError for one that cannot be
   * @return the property
   */
  public static Property onOff(String name, Supplier<Boolean> getter, Consumer<Boolean> setter) {
    return new Property(name, PropertyTypes.BOOL, getter::get, Optional.of(value -> setter.accept((Boolean) value)));
  }
}

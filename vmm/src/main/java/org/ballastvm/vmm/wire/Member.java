package org.ballastvm.vmm.wire;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the wire and the reference page need to know of a record's component. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Member {
  /** {@return what it is, in a few words, with its unit} */
  String value() default "";

  /** {@return its name on the wire, where it is another one than the component's in small letters and hyphens} */
  String name() default "";

  /** {@return whether it holds all members that no other component takes; it is a map} */
  boolean rest() default false;
}

package org.ballastvm.vmm.wire;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One kind of a sealed interface whose kinds are distinguished by a tag: on the wire {@code {"type": tag, "data": {...}}}, or
 * the tag beside the members.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Branch {
  /** The member that holds those of a kind, unless they are beside the tag. */
  String DATA = "data";

  /** A sealed interface each of whose kinds has this annotation. */
  interface Of {}

  /** {@return its tag} */
  String value();

  /** {@return the member that has the tag, the same for all kinds} */
  String tag() default "type";

  /** {@return whether its members are beside the tag} */
  boolean flat() default false;
}

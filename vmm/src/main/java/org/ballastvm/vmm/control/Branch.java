package org.ballastvm.vmm.control;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One kind of a sealed interface whose kinds are told apart by a tag: on the wire {@code {"type": tag, "data": {...}}}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Branch {
  /** {@return its tag} */
  String value();
}

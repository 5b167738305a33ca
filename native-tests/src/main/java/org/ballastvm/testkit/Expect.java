package org.ballastvm.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.ballastvm.testkit.verdict.VerdictKind;

/**
 * The guest's kernel is to go wrong in this test: such a verdict does not fail it, and one that never comes does. On a class it holds
 * for each test that has none of its own.
 */
@Documented
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Expect {
  /** {@return in which ways; any of them will do} */
  VerdictKind[] value();

  /** {@return what its title contains; another title is not expected} */
  String title() default "";

  /** {@return whether the test also passes where none comes} */
  boolean mayBeMissing() default false;
}

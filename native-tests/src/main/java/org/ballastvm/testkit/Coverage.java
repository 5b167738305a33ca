package org.ballastvm.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Which lines of the kernel a test method runs, by lcov's {@code CLASS.METHOD.info} in {@code target/coverage} (Gradle:
 * {@code build/coverage}; the property {@code ballast.coverage} names another directory). The guests' kernel has
 * {@code CONFIG_GCOV_KERNEL}, and the tree that it was built in is where it was.
 *
 * <p>
 * A guest's counters are set to 0 when it is up, and again when the method begins; what is written when the method has passed
 * is the sum of all its guests that still run. Guests of parameters have the agent for it ({@link Boot#agent}).
 */
@Documented
@Inherited
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Coverage {
}

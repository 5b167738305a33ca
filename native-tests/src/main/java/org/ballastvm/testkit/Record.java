package org.ballastvm.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What passes between a device of a {@link Guest} and its driver, from before the guest runs, as a {@link Dialogue} among the
 * parameters of a test.
 */
@SuppressWarnings("JavaLangClash") // In a test it is an annotation, and nobody there needs the class.
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Record {
  /** {@return the id of the device, which the options of the guest name} */
  String value();

  /** {@return of which guest among the parameters, from 0} */
  int guest() default 0;

  /** {@return how many bytes of each chain are recorded, each way} */
  int bytes() default 256;
}

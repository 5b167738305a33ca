package org.ballastvm.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class that boots guests. Its methods, its constructor and its {@code @BeforeAll} take a {@link Guest} where a
 * parameter says how to {@link Boot} it:
 *
 * <pre>
 * &#64;GuestTest
 * class BalloonIT {
 *   &#64;Test
 *   void theHostGetsMemoryBack(&#64;Boot({"-m", "1G", "-device", "virtio-balloon-pci"}) Guest guest) {
 *     guest.balloon(512);
 *     assertTrue(guest.residentKiB() &lt; 600 * 1024);
 *   }
 * }
 * </pre>
 *
 * <p>
 * A guest of a method ends with the method, one of the class ends with the class. Where {@code /dev/kvm} boots Linux,
 * guests run there; elsewhere all of a JVM's guests run in one rig. Where neither is to be had, the tests are skipped
 * with a sentence that says what is missing; but with {@code CI} or {@code BALLAST_REQUIRE_GUESTS} in the environment,
 * they fail with it.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(GuestExtension.class)
public @interface GuestTest {
}

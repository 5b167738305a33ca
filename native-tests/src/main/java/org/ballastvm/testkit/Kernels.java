package org.ballastvm.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * A test that runs once on each of these kernels, in place of {@code @Test}:
 *
 * <pre>
 * &#64;GuestTest
 * class BalloonIT {
 *   &#64;Kernels({"debian:6.1", "debian:6.12", "debian:6.12-rt", "../linux"})
 *   void theHostGetsMemoryBack(&#64;Boot({"-m", "1G", "-device", "virtio-balloon-pci"}) Guest guest) {
 *     guest.balloon(512);
 *   }
 * }
 * </pre>
 *
 * <p>
 * Guests of the method, and of {@code @BeforeEach}, boot it, unless their {@link Boot} names a kernel; a parameter of type
 * {@link org.ballastvm.images.Kernel} is it. One that cannot be had is a failure with a sentence, or, where guests need not
 * run, a test that is skipped with it. The property {@code ballast.kernels} chooses some of them, with commas between; tests on
 * the others are skipped with a sentence.
 *
 * <p>
 * With {@code junit.jupiter.execution.parallel.enabled=true} they run side by side, as many as there are processors and
 * memory for: those of the host, or what the properties {@code ballast.guests.processors} and
 * {@code ballast.guests.memoryMiB} say. When all tests have run, {@code kernels.html} and {@code kernels.md} in the build's
 * output ({@code ballast.kernels.page} names another directory) show how each ended, by test and kernel.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(Kernels.EachOne.class)
public @interface Kernels {
  /** {@return kernels, as {@link org.ballastvm.images.KernelSource} reads them} */
  String[] value();

  /** What it brings: an invocation for each kernel. */
  final class EachOne implements TestTemplateInvocationContextProvider {
    /** For JUnit. */
    public EachOne() {}

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
      return AnnotationSupport.isAnnotated(context.getTestMethod(), Kernels.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
      List<String> words = AnnotationSupport.findAnnotation(context.getTestMethod(), Kernels.class)
          .map(kernels -> List.of(kernels.value())).orElse(List.of());
      if (words.isEmpty()) {
        throw new ExtensionConfigurationException("@Kernels of " + context.getDisplayName() + " names no kernel");
      }
      return words.stream().map(OneKernel::new);
    }
  }
}

package org.ballastvm.testkit;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link Kernels} brings: an invocation for each kernel. */
public final class KernelsExtension implements TestTemplateInvocationContextProvider {
  /** For JUnit. */
  public KernelsExtension() {}

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

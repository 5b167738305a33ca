package org.ballastvm.testkit;

import java.util.List;
import java.util.Optional;
import org.ballastvm.images.ImageError;
import org.ballastvm.images.Kernel;
import org.ballastvm.images.KernelSource;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** A test on one kernel: finds the kernel, waits for room, and notes how it ended. */
final class OneKernel implements TestTemplateInvocationContext, BeforeEachCallback, ParameterResolver, TestWatcher {
  /** The kernels that tests run on, with commas between; by default all that they name. */
  private static final String CHOSEN = "ballast.kernels";

  private final String word;
  private long beganNanos;

  OneKernel(String word) { this.word = word; }

  @Override
  public String getDisplayName(int invocation) { return word; }

  @Override
  public List<Extension> getAdditionalExtensions() { return List.of(this); }

  @Override
  public void beforeEach(ExtensionContext context) throws InterruptedException {
    matrix(context).announce(row(context), word);
    String chosen = System.getProperty(CHOSEN, word);
    Assumptions.assumeTrue(List.of(chosen.split(",")).contains(word),
        () -> "-D" + CHOSEN + "=" + chosen + " does not name " + word);
    try {
      InvocationKernel.set(context, KernelSource.parse(word).resolve(GuestHosts.images()));
    } catch (ImageError e) {
      if (GuestExtension.mustRun()) {
        throw e;
      }
      Assumptions.abort(e.getMessage());
    }
    // Kept in the store behind what is made for the method, it is given back when the guests have ended.
    InvocationKernel.keep(context, GuestRoom.ofHost().enter(GuestNeeds.of(context.getRequiredTestMethod())));
    beganNanos = System.nanoTime();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Kernel.class;
  }

  @Override
  public Kernel resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return InvocationKernel.of(context).orElseThrow();
  }

  @Override
  public void testSuccessful(ExtensionContext context) { note(context, new KernelMatrix.Passed(millis())); }

  @Override
  public void testAborted(ExtensionContext context, Throwable cause) {
    note(context, new KernelMatrix.Skipped(sentence(cause)));
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    note(context, new KernelMatrix.Failed(millis(), sentence(cause)));
  }

  private void note(ExtensionContext context, KernelMatrix.Cell cell) {
    matrix(context).note(row(context), word, cell);
  }

  private long millis() { return beganNanos == 0 ? 0 : (System.nanoTime() - beganNanos) / 1_000_000; }

  private static String sentence(Throwable cause) {
    return Optional.ofNullable(cause.getMessage()).flatMap(text -> text.lines().findFirst())
        .orElseGet(() -> cause.getClass().getSimpleName());
  }

  private static String row(ExtensionContext context) {
    return context.getRequiredTestClass().getSimpleName() + "." + context.getRequiredTestMethod().getName();
  }

  /** One for all tests of a run: it is written when the last has ended. */
  private static KernelMatrix matrix(ExtensionContext context) {
    return context.getRoot().getStore(ExtensionContext.Namespace.create(KernelMatrix.class))
        .computeIfAbsent("pages", key -> new KernelPages(), KernelPages.class).matrix();
  }
}

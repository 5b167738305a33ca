package org.ballastvm.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.images.ImageError;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.RigError;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link GuestTest} brings: finds where guests run, boots them for parameters, ends them. */
public final class GuestExtension
    implements
      ExecutionCondition,
      ParameterResolver,
      BeforeTestExecutionCallback,
      AfterTestExecutionCallback,
      TestWatcher {
  private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(GuestExtension.class);

  /** For JUnit. */
  public GuestExtension() {}

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<String> missing = missing();
    if (missing.isEmpty()) {
      return ConditionEvaluationResult.enabled("guests run");
    }
    return mustRun()
        ? ConditionEvaluationResult.enabled("guests must run, so this is to fail: " + missing.get())
        : ConditionEvaluationResult.disabled("no guest runs here: " + missing.get());
  }

  private static Optional<String> missing() {
    try {
      GuestHosts.find();
      return Optional.empty();
    } catch (RigError | ImageError e) {
      return Optional.of(e.getMessage());
    }
  }

  /** {@return whether guests that cannot run are a failure here} */
  static boolean mustRun() {
    return isRequired("CI") || isRequired("BALLAST_REQUIRE_GUESTS");
  }

  private static boolean isRequired(String variable) {
    String value = System.getenv(variable);
    return value != null && !value.isEmpty() && !value.equals("0") && !value.equals("false");
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Guest.class || type == Dialogue.class && parameter.isAnnotated(Record.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.findAnnotation(Record.class).<Object>map(guestsOf(context)::dialogue)
        .orElseGet(() -> guest(parameter, context));
  }

  private static Guest guest(ParameterContext parameter, ExtensionContext context) {
    GuestHost host = GuestHosts.find();
    Optional<Boot> boot = parameter.findAnnotation(Boot.class);
    GuestConfig asked = boot.map(GuestConfig::of).orElseGet(GuestConfig::of)
        .with(guestsOf(context).optionsFor(parameter.getParameter()));
    GuestConfig config = CoverageFiles.isWanted(context) ? asked.withAgent() : asked;
    Guest guest = InvocationKernel.of(context).filter(kernel -> config.kernel().isEmpty())
        .map(kernel -> Guest.start(host, GuestHosts.imageOf(kernel, config), config))
        .orElseGet(() -> Guest.start(host, config));
    guest.watch().expect(expectation(context));
    guestsOf(context).add(guest, config);
    if (boot.isEmpty() || boot.get().awaitUp()) {
      guest.awaitUp();
      if (CoverageFiles.isWanted(context)) {
        KernelCoverage.of(guest).reset();
      }
    }
    return guest;
  }

  private static GuestDialogues guestsOf(ExtensionContext context) {
    return context.getStore(OURS).computeIfAbsent(context.getUniqueId(), id -> new GuestDialogues(id),
        GuestDialogues.class);
  }

  private static Expectation expectation(ExtensionContext context) {
    return Expectation.of(AnnotationSupport.findAnnotation(context.getElement(), Expect.class)
        .or(() -> AnnotationSupport.findAnnotation(context.getTestClass(), Expect.class)));
  }

  /** A guest of the class is judged by what each test expects. */
  @Override
  public void beforeTestExecution(ExtensionContext context) {
    ofOuter(context).forEach(guest -> guest.watch().expect(expectation(context)));
    if (CoverageFiles.isWanted(context)) {
      CoverageFiles.begin(context, ofTest(context));
    }
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    List<Guest> guests = ofTest(context);
    Optional<Throwable> failed = context.getExecutionException();
    failed.ifPresent(failure -> {
      guests.forEach(guest -> failure.addSuppressed(GuestReport.of(guest)));
      String said = guestsOf(context).report();
      if (!said.isEmpty()) {
        failure.addSuppressed(new RigError(said));
      }
    });
    if (failed.isEmpty()) {
      guests.forEach(GuestExtension::judge);
      guestsOf(context).judge();
      if (CoverageFiles.isWanted(context)) {
        CoverageFiles.end(context, guests);
      }
    }
  }

  /** Whether a rig is well is looked at where a test, or what stands around it, has failed. */
  @Override
  public void testFailed(ExtensionContext context, Throwable failure) {
    GuestHosts.examineRig().ifPresent(found -> failure.addSuppressed(new RigError(found)));
  }

  /** A kernel that went wrong fails the test also where nothing waited for it. */
  private static void judge(Guest guest) {
    guest.watch().failure().ifPresent(failure -> {
      failure.addSuppressed(GuestReport.of(guest));
      throw failure;
    });
    if (!guest.watch().isContent()) {
      throw new AssertionError("the kernel was expected to go wrong, and did not; there were "
          + guest.verdicts().stream().map(verdict -> verdict.kind() + " " + verdict.title()).toList());
    }
  }

  /** Those of the method and of its class. */
  private static List<Guest> ofTest(ExtensionContext context) {
    List<Guest> guests = new ArrayList<>(ofContext(context));
    guests.addAll(ofOuter(context));
    return guests;
  }

  /** Those of the class, and of the class around it; between a test of a template and its class is the template. */
  private static List<Guest> ofOuter(ExtensionContext context) {
    List<Guest> guests = new ArrayList<>();
    for (Optional<ExtensionContext> outer = context.getParent(); outer.isPresent(); outer = outer.get().getParent()) {
      guests.addAll(ofContext(outer.get()));
    }
    return guests;
  }

  private static List<Guest> ofContext(ExtensionContext context) {
    GuestDialogues own = context.getStore(OURS).get(context.getUniqueId(), GuestDialogues.class);
    return own == null ? List.of() : own.guests();
  }
}

package org.ballastvm.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.images.ImageError;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.RigError;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** What {@link GuestTest} brings: finds where guests run, boots them for parameters, ends them. */
public final class GuestExtension implements ExecutionCondition, ParameterResolver, AfterTestExecutionCallback {
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
    return parameter.getParameter().getType() == Guest.class;
  }

  @Override
  public Guest resolveParameter(ParameterContext parameter, ExtensionContext context) {
    GuestHost host = GuestHosts.find();
    Optional<Boot> boot = parameter.findAnnotation(Boot.class);
    GuestConfig config = boot.map(GuestConfig::of).orElseGet(GuestConfig::of);
    Guest guest = InvocationKernel.of(context).filter(kernel -> config.kernel().isEmpty())
        .map(kernel -> Guest.start(host, GuestHosts.images().lab(kernel), config))
        .orElseGet(() -> Guest.start(host, config));
    guestsOf(context).guests.add(guest);
    if (boot.isEmpty() || boot.get().awaitUp()) {
      guest.awaitUp();
    }
    return guest;
  }

  private static Guests guestsOf(ExtensionContext context) {
    return context.getStore(OURS).computeIfAbsent(context.getUniqueId(), id -> new Guests(), Guests.class);
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    Guests own = context.getStore(OURS).get(context.getUniqueId(), Guests.class);
    if (own != null) {
      context.getExecutionException().ifPresent(failure -> own.guests
          .forEach(guest -> failure.addSuppressed(new RigError("what the guest said: " + guest.lastWords()))));
    }
  }

  /** Those of one test, or of one class: the store closes them with it. */
  private static final class Guests implements AutoCloseable {
    private final List<Guest> guests = new ArrayList<>();

    @Override
    public void close() { guests.forEach(Guest::close); }
  }
}

package org.ballastvm.testkit.agent;

import java.util.Optional;
import org.ballastvm.kvm.Errno;

/** What the guest's agent could not do, or that it is gone; the message is one sentence. */
public final class AgentError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FailedStep step;
  private final transient Optional<Errno> errno;

  AgentError(String sentence) {
    super(sentence);
    this.step = FailedStep.CHANNEL;
    this.errno = Optional.empty();
  }

  AgentError(String sentence, Throwable cause) {
    super(sentence, cause);
    this.step = FailedStep.CHANNEL;
    this.errno = Optional.empty();
  }

  AgentError(FailedStep step, String subject, Errno errno) {
    super(step.sentence(subject) + ": " + errno.text());
    this.step = step;
    this.errno = Optional.of(errno);
  }

  /** {@return what failed} */
  public FailedStep step() { return step; }

  /** {@return what the guest's kernel said; nothing where the channel itself failed} */
  public Optional<Errno> errno() {
    return errno;
  }
}

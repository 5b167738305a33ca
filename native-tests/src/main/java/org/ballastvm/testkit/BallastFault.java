package org.ballastvm.testkit;

import org.ballastvm.rig.RigError;

/** Ballast itself, or the JVM that runs it, has crashed under the guest. */
public final class BallastFault extends RigError {
  private static final long serialVersionUID = 1L;

  BallastFault(String sentence, Throwable cause) { super(sentence, cause); }
}

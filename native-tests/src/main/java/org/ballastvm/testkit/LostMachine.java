package org.ballastvm.testkit;

import org.ballastvm.rig.RigError;

/** The machine has ended while a test still wanted something of it; neither its kernel nor Ballast says why. */
public final class LostMachine extends RigError {
  private static final long serialVersionUID = 1L;

  LostMachine(String sentence, Throwable cause) { super(sentence, cause); }
}

package org.ballastvm.vmm.control;

import java.util.List;

/** All commands that are about the machine. Schema, help, completion and the reference page derive from this list. */
public final class ControlCommands {
  /** By name. */
  public static final List<QmpCommand<?, ?>> ALL = List.of(new Balloon(), new Cont(), new ObjectAdd(), new ObjectDel(),
      new QomGet(), new QomList(), new QomSet(), new QueryBalloon(), new QueryName(), new QueryStatus(),
      new QueryVersion(), new Quit(), new Stop(), new SystemPowerdown(), new SystemReset());

  private ControlCommands() {}
}

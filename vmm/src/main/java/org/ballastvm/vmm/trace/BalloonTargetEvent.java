package org.ballastvm.vmm.trace;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("ballast.BalloonTarget")
@Label("Balloon Target")
@Description("The host said how large a balloon should be")
@Category({"Ballast", "Balloon"})
@StackTrace(false)
final class BalloonTargetEvent extends Event {
  @Label("Device")
  String device;
  @Label("Target")
  @DataAmount
  long target;
  @Label("Actual")
  @Description("How large its driver last said it is")
  @DataAmount
  long actual;
}

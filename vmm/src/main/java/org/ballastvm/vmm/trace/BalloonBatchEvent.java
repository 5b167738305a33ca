package org.ballastvm.vmm.trace;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("ballast.BalloonBatch")
@Label("Balloon Batch")
@Description("A balloon took what was ready on a queue, and gave it back to the driver")
@Category({"Ballast", "Balloon"})
@StackTrace(false)
final class BalloonBatchEvent extends Event {
  @Label("Device")
  String device;
  @Label("Queue")
  String queue;
  @Label("Chains")
  int chains;
  @Label("Ranges")
  long ranges;
  @Label("Bytes")
  @DataAmount
  long bytes;
}

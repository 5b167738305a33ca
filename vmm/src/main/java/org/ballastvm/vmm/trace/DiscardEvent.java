package org.ballastvm.vmm.trace;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("ballast.Discard")
@Label("Discard")
@Description("The host was asked to take memory back")
@Category({"Ballast", "Memory"})
@StackTrace(false)
final class DiscardEvent extends Event {
  @Label("Cause")
  @Description("balloon, or memory")
  String cause;
  @Label("Backend")
  String backend;
  @Label("Kind")
  String kind;
  @Label("Call")
  String call;
  @Label("Ranges")
  int ranges;
  @Label("Offset")
  @Description("Where the range, or the first of them, begins in the backend")
  @DataAmount
  long offset;
  @Label("Bytes")
  @DataAmount
  long bytes;
  @Label("Error")
  @Description("What the host said when it refused; empty when it did not")
  String error;
}

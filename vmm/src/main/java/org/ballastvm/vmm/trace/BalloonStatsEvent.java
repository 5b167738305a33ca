package org.ballastvm.vmm.trace;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("ballast.BalloonStats")
@Label("Balloon Statistics")
@Description("A guest reported how it uses its memory; -1 is what it did not report")
@Category({"Ballast", "Balloon"})
@StackTrace(false)
final class BalloonStatsEvent extends Event {
  @Label("Device")
  String device;
  @Label("Known")
  @Description("How many numbers it reported")
  int known;
  @Label("Total Memory")
  @DataAmount
  long totalMemory;
  @Label("Free Memory")
  @DataAmount
  long freeMemory;
  @Label("Available Memory")
  @DataAmount
  long availableMemory;
  @Label("Disk Caches")
  @DataAmount
  long diskCaches;
  @Label("Swap In")
  @DataAmount
  long swapIn;
  @Label("Swap Out")
  @DataAmount
  long swapOut;
  @Label("Major Faults")
  long majorFaults;
  @Label("Minor Faults")
  long minorFaults;
  @Label("OOM Kills")
  long oomKills;
}

package org.ballastvm.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.ballastvm.fault.Fault;
import org.ballastvm.fault.FaultKind;
import org.ballastvm.rig.RigError;

/**
 * What goes wrong with the devices of a guest, for {@link Guest#inject(FaultPlan)} or, as options, for a guest that does
 * not run yet.
 *
 * @param faults in the order in which they are injected
 */
public record FaultPlan(List<Planned> faults) {
  /** Nothing goes wrong. */
  public static final FaultPlan NONE = new FaultPlan(List.of());

  /**
   * Something that goes wrong with a device.
   *
   * @param device its id
   * @param fault what, and when
   */
  public record Planned(String device, Fault fault) {
    /** {@return as {@code -fault} and {@code fault_inject} have it} */
    public String words() {
      return device + "," + fault.words();
    }
  }

  /** Copies the list. */
  public FaultPlan {
    faults = List.copyOf(faults);
  }

  /**
   * This plan, and one thing more.
   *
   * @param device the id of the device
   * @param kind what goes wrong, on the first occasion or at once; one that takes no number
   * @return a plan
   */
  public FaultPlan with(String device, FaultKind kind) { return with(device, Fault.of(kind)); }

  /**
   * This plan, and one thing more.
   *
   * @param device the id of the device
   * @param words {@code what=KIND[,KEY=VALUE]...}
   * @return a plan
   * @throws IllegalArgumentException a sentence, if a word is none that a fault takes
   */
  public FaultPlan with(String device, String words) { return with(device, Fault.parse(words)); }

  /**
   * This plan, and one thing more.
   *
   * @param device the id of the device
   * @param fault what, and when
   * @return a plan
   */
  public FaultPlan with(String device, Fault fault) {
    List<Planned> all = new ArrayList<>(faults);
    all.add(new Planned(device, fault));
    return new FaultPlan(all);
  }

  /** {@return the options that start a machine with it} */
  public List<String> options() {
    List<String> options = new ArrayList<>();
    for (Planned each : faults) {
      options.add("-fault");
      options.add(each.words());
    }
    return options;
  }

  /** Has a monitor, which returns what a line prints, inject all; a {@link RigError} for the first that it refuses. */
  void inject(UnaryOperator<String> monitor) {
    for (Planned each : faults) {
      String answer = monitor.apply("fault_inject " + each.words());
      if (!answer.isEmpty()) {
        throw new RigError("fault_inject " + each.words() + ": " + answer);
      }
    }
  }
}

package org.ballastvm.fault;

import java.util.List;

/** On which occasion a fault strikes. */
public enum FaultPoint {
  /** The device puts a chain on the used ring. */
  COMPLETION(FaultOwner.VIRTIO, "queue"),
  /** A queue of the device is looked at, as its driver rang. */
  DOORBELL(FaultOwner.VIRTIO, "queue"),
  /** The driver reads the device's part of the configuration. */
  CONFIG_READ(FaultOwner.VIRTIO, ""),
  /** A driver finds the device: the fault holds until it is cleared. */
  SETUP(FaultOwner.VIRTIO, "queue"),
  /** The function interrupts. */
  INTERRUPT(FaultOwner.PCI, "vector"),
  /** The guest reads a BAR. */
  BAR_READ(FaultOwner.PCI, "bar"),
  /** The function is looked at by nobody: the fault strikes when it is injected. */
  AT_ONCE(FaultOwner.PCI, ""),
  /** The driver of a virtio-mem device asks for something. */
  MEM_REQUEST(FaultOwner.MEM, "request"),
  /** The driver of a balloon begins to name free pages. */
  HINT_COMMAND(FaultOwner.BALLOON, ""),
  /** The guest is notified of a DIMM. */
  DIMM_NOTICE(FaultOwner.DIMM, ""),
  /** The guest ejects a DIMM. */
  DIMM_EJECT(FaultOwner.DIMM, ""),
  /** The guest reports what became of a DIMM. */
  DIMM_REPORT(FaultOwner.DIMM, "");

  /** What {@code request} can be, in the order of the numbers of virtio 1.3, 5.15.6. */
  public static final List<String> REQUESTS = List.of("plug", "unplug", "unplug-all", "state");

  private final FaultOwner owner;
  private final String place;

  FaultPoint(FaultOwner owner, String place) {
    this.owner = owner;
    this.place = place;
  }

  /** {@return the devices that know it} */
  public FaultOwner owner() { return owner; }

  /** {@return the word that says which of its places is meant: queue, vector, bar or request; empty where there is one} */
  public String place() {
    return place;
  }

  /** The number of a place that a user named; IllegalArgumentException if it is none. */
  int placeOf(String text) {
    if (this == MEM_REQUEST) {
      int request = REQUESTS.indexOf(text);
      if (request < 0) {
        throw new IllegalArgumentException(
            "request=" + text + ": must be one of " + String.join(", ", REQUESTS));
      }
      return request;
    }
    return (int) Numbers.parse(place, text, 0, 1023);
  }

  /** A place as users name it. */
  String placeName(int number) {
    return this == MEM_REQUEST && number < REQUESTS.size() ? REQUESTS.get(number) : Integer.toString(number);
  }
}

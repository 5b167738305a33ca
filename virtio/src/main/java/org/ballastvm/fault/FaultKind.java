package org.ballastvm.fault;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What goes wrong. */
public enum FaultKind {
  /** A chain is never used. */
  DROP(FaultPoint.COMPLETION, "a chain that is done does not come back"),
  /** A chain comes back some time after it is done. */
  DELAY(FaultPoint.COMPLETION, "a chain comes back late", Value.MILLIS),
  /** A chain comes back when the faults are cleared. */
  HOLD(FaultPoint.COMPLETION, "a chain comes back when the faults are cleared; of queue 0 of a balloon: its "
      + "acknowledgement is withheld"),
  /** A chain comes back behind the next one. */
  REORDER(FaultPoint.COMPLETION, "a chain comes back behind the one that is done next"),
  /** A chain comes back twice. */
  DUPLICATE(FaultPoint.COMPLETION, "a chain comes back twice"),
  /** The used length is wrong. */
  LENGTH(FaultPoint.COMPLETION, "a chain comes back with another length: bytes=N, bytes=+N or bytes=-N", Value.BYTES),
  /** The used id is wrong. */
  WRONG_ID(FaultPoint.COMPLETION, "a chain comes back under another number (that of no descriptor, or id=N)", Value.ID),
  /** A queue is not looked at. */
  STUCK(FaultPoint.DOORBELL, "a queue is not looked at until the faults are cleared"),
  /** The device stops, and says so. */
  NEEDS_RESET(FaultPoint.DOORBELL, "the device stops with DEVICE_NEEDS_RESET; at once, or when its queue is looked at"),
  /** The configuration is another while it is read. */
  CONFIG_CHANGES(FaultPoint.CONFIG_READ, "what is read of the configuration is torn, and its generation moves on"),
  /** A feature is not offered. */
  WITHHOLD_FEATURE(FaultPoint.SETUP, "a feature is not offered: bit=N", Value.BIT),
  /** A queue has another largest size. */
  QUEUE_SIZE(FaultPoint.SETUP, "a queue can be of size=N entries at most, which need be no power of two", Value.SIZE),
  /** An interrupt does not come. */
  INTERRUPT_LOST(FaultPoint.INTERRUPT, "an interrupt does not come"),
  /** An interrupt comes late. */
  INTERRUPT_LATE(FaultPoint.INTERRUPT, "an interrupt comes late", Value.MILLIS),
  /** An interrupt comes that nothing is behind. */
  INTERRUPT_SPURIOUS(FaultPoint.INTERRUPT, "an interrupt comes that nothing is behind; at once, or after another"),
  /** A BAR answers with all ones. */
  ALL_ONES(FaultPoint.BAR_READ, "a BAR answers with all ones"),
  /** The device is pulled out. */
  REMOVE(FaultPoint.AT_ONCE, "the device is pulled out of its slot, and the guest learns of it then"),
  /** virtio-mem answers BUSY, and does nothing. */
  MEM_BUSY(FaultPoint.MEM_REQUEST, "a request is answered with BUSY, and nothing is done"),
  /** virtio-mem answers NACK, and does nothing. */
  MEM_NACK(FaultPoint.MEM_REQUEST, "a request is answered with NACK, and nothing is done"),
  /** virtio-mem answers ERROR, and does nothing. */
  MEM_ERROR(FaultPoint.MEM_REQUEST, "a request is answered with ERROR, and nothing is done"),
  /** The requested size changes before a request is answered. */
  REQUESTED_SIZE(FaultPoint.MEM_REQUEST, "the requested size becomes bytes=N before a request is answered",
      Value.BYTES),
  /** The balloon ignores the number of a hinting run. */
  HINT_FORGOTTEN(FaultPoint.HINT_COMMAND, "the number by which a driver begins to name free pages is forgotten"),
  /** The balloon says that it is done while pages are named. */
  DONE_EARLY(FaultPoint.HINT_COMMAND, "DONE is said as soon as a driver begins to name free pages"),
  /** A DIMM that the guest ejects stays. */
  EJECT_WITHHELD(FaultPoint.DIMM_EJECT, "a DIMM that the guest ejects stays in its slot"),
  /** The guest is notified twice. */
  NOTIFIED_TWICE(FaultPoint.DIMM_NOTICE, "the guest is notified of a DIMM again when it has looked"),
  /** A report of the guest is ignored. */
  OST_IGNORED(FaultPoint.DIMM_REPORT, "what the guest reports by _OST is not heard");

  /** Which number a kind takes besides. */
  enum Value {
    NONE("", 0, 0), MILLIS("ms", 1, 3_600_000), BYTES("bytes", 0, Long.MAX_VALUE), ID("id", 0, 0xffff_ffffL), BIT("bit",
        0, 63), SIZE("size", 0, 32768);

    final String word;
    final long least;
    final long most;

    Value(String word, long least, long most) {
      this.word = word;
      this.least = least;
      this.most = most;
    }
  }

  private final FaultPoint point;
  private final String help;
  private final Value value;

  FaultKind(FaultPoint point, String help) { this(point, help, Value.NONE); }

  FaultKind(FaultPoint point, String help, Value value) {
    this.point = point;
    this.help = help;
    this.value = value;
  }

  /** {@return on which occasion it strikes} */
  public FaultPoint point() { return point; }

  /** {@return what it does, in a few words} */
  public String help() { return help; }

  /** {@return what {@code what=} names it by} */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Which number it takes. */
  Value value() { return value; }

  /** {@return whether it strikes when it is injected, if {@code nth} was not given} */
  boolean strikesAtOnce() {
    return this == NEEDS_RESET || this == INTERRUPT_SPURIOUS || point == FaultPoint.AT_ONCE
        || point == FaultPoint.SETUP;
  }

  /** {@return the kinds that can happen to devices of some owners} */
  public static List<FaultKind> of(List<FaultOwner> owners) {
    return Arrays.stream(values()).filter(kind -> owners.contains(kind.point.owner())).toList();
  }

  /** {@return the words of kinds, for a sentence} */
  public static String words(List<FaultKind> kinds) {
    return kinds.stream().map(FaultKind::word).collect(Collectors.joining(", "));
  }
}

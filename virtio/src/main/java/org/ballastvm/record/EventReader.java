package org.ballastvm.record;

import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads what {@link RecordedEvent#words} wrote. */
final class EventReader {
  private static final int MOST_QUEUE = 1023;
  private static final int MOST_HEAD = 0xffff;

  private EventReader() {}

  /** An event; IllegalArgumentException with a sentence if it is none. */
  static RecordedEvent read(String line, String words) {
    int space = words.indexOf(' ');
    String word = space < 0 ? words : words.substring(0, space);
    Fields fields = new Fields(line, space < 0 ? "" : words.substring(space + 1));
    return switch (word) {
      case "status" -> new RecordedEvent.Status(fields.small("write", 0xff), fields.small("now", 0xff));
      case "features" ->
        new RecordedEvent.Features(fields.bits("offered"), fields.bits("chosen"), fields.flag("agreed"));
      case "queue" -> new RecordedEvent.QueueSetup(queue(fields), fields.text("name"), fields.small("size", 32768),
          fields.small("vector", 0xffff));
      case "config-read" -> new RecordedEvent.ConfigRead(offset(fields), width(fields), fields.bits("value"));
      case "config-write" -> new RecordedEvent.ConfigWrite(offset(fields), width(fields), fields.bits("value"),
          fields.bits("now"));
      case "config" -> new RecordedEvent.ConfigChange(fields.digits("data"));
      case "ring" -> new RecordedEvent.Ring(queue(fields));
      case "offer" -> new RecordedEvent.Offer(queue(fields), fields.number("chain", 0, Long.MAX_VALUE),
          fields.small("head", MOST_HEAD), fields.lengths("read"), fields.lengths("write"), fields.digits("data"));
      case "use" -> new RecordedEvent.Use(queue(fields), chain(fields), (int) fields.number("head", 0, 0xffff_ffffL),
          fields.number("length", 0, 0xffff_ffffL), fields.digits("data"));
      case "interrupt" -> new RecordedEvent.Interrupt(
          fields.text("of").equals("config") ? OptionalInt.empty() : OptionalInt.of(queue(fields)));
      case "reset" -> new RecordedEvent.Reset(by(fields));
      case "needs-reset" -> new RecordedEvent.NeedsReset(fields.text("why"));
      case "end" -> new RecordedEvent.End(fields.text("why"));
      default -> throw fields.broken("there is no event '" + word + "'");
    };
  }

  private static RecordedEvent.By by(Fields fields) {
    return switch (fields.text("by")) {
      case "driver" -> RecordedEvent.By.DRIVER;
      case "machine" -> RecordedEvent.By.MACHINE;
      case "bus" -> RecordedEvent.By.BUS;
      default -> throw fields.broken("by=" + fields.text("by") + " must be driver, machine or bus");
    };
  }

  private static int queue(Fields fields) { return fields.small("queue", MOST_QUEUE); }

  private static int offset(Fields fields) { return fields.small("offset", 4095); }

  private static int width(Fields fields) { return fields.small("width", Long.BYTES); }

  private static OptionalLong chain(Fields fields) {
    return fields.text("chain").equals("none")
        ? OptionalLong.empty()
        : OptionalLong.of(fields.number("chain", 0, Long.MAX_VALUE));
  }
}

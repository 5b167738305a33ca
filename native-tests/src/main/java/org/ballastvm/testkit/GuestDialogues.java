package org.ballastvm.testkit;

import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ballastvm.rig.RigError;

/** The guests of a test, or of a class, and what is recorded of them. The store closes them with it. */
final class GuestDialogues implements AutoCloseable {
  private static final int SHOWN_CHARS = 4000;

  private final String place;
  private final List<Guest> guests = new ArrayList<>();
  private final List<Guest> replaying = new ArrayList<>();
  /** By the device and the guest; a name in /tmp, which is not the test's own where guests run in the rig. */
  private final Map<Record, String> files = new LinkedHashMap<>();
  private final Map<Record, Dialogue> dialogues = new LinkedHashMap<>();

  /**
   * None yet.
   *
   * @param place the name of the test, unlike that of any other
   */
  GuestDialogues(String place) { this.place = place; }

  void add(Guest guest, GuestConfig config) {
    guests.add(guest);
    if (config.options().stream().anyMatch(option -> option.startsWith("virtio-replay"))) {
      replaying.add(guest);
    }
  }

  /** That drivers of devices that are replayed do what was recorded, in guests that still run. */
  void judge() {
    replaying.stream().filter(Guest::isRunning).forEach(Dialogue::assertNothingDiffers);
  }

  List<Guest> guests() { return guests; }

  private String file(Record record) {
    return files.computeIfAbsent(record, wish -> "/tmp/ballast-" + ProcessHandle.current().pid() + "-"
        + Integer.toHexString(place.hashCode()) + "-" + wish.value().hashCode() + "-" + wish.guest() + ".dialogue");
  }

  /** The options of the next guest of an executable, by which it is recorded as parameters there want it. */
  List<String> optionsFor(Parameter guest) {
    List<String> options = new ArrayList<>();
    for (Parameter each : guest.getDeclaringExecutable().getParameters()) {
      Record wish = each.getAnnotation(Record.class);
      if (wish != null && wish.guest() == guests.size()) {
        options.add("-record");
        options.add("device=" + wish.value() + ",file=" + file(wish) + ",bytes=" + wish.bytes());
      }
    }
    return options;
  }

  /** What a parameter wants, whose guest may be started later. */
  Dialogue dialogue(Record wish) {
    return dialogues.computeIfAbsent(wish, each -> Dialogue.ofGuest(() -> guest(each), each.value(), file(each)));
  }

  private Guest guest(Record wish) {
    if (wish.guest() >= guests.size()) {
      throw new RigError("@Record(\"" + wish.value() + "\") is of guest " + wish.guest() + ", and there are "
          + guests.size() + " among the parameters");
    }
    return guests.get(wish.guest());
  }

  /** The end of each, for the report of a failure. */
  String report() {
    StringBuilder text = new StringBuilder();
    dialogues.forEach((wish, dialogue) -> text.append("the dialogue of ").append(wish.value()).append(" ends with:\n")
        .append(end(dialogue)));
    return text.toString();
  }

  private static String end(Dialogue dialogue) {
    try {
      String all = dialogue.toString();
      return all.substring(Math.max(0, all.length() - SHOWN_CHARS));
    } catch (RigError | IllegalArgumentException e) {
      return "not to be had: " + e.getMessage() + "\n";
    }
  }

  @Override
  public void close() {
    guests.forEach(Guest::close);
    files.forEach((wish, file) -> {
      if (wish.guest() < guests.size()) {
        Dialogue.forget(guests.get(wish.guest()).host(), file);
      }
    });
  }
}

package org.ballastvm.record;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What was recorded: the first line of a recording.
 *
 * @param type of the device, virtio 1.3, 5
 * @param name of the device, as {@code virtio-rng}
 * @param pciClass of its function, 24 bits
 * @param offered features that it offered when the recording began
 * @param queueSizes the largest size of each of its queues, in entries
 * @param config its configuration when the recording began, in hexadecimal digits
 * @param status of a driver that was at work then; 0 where there was none
 * @param features that this driver had chosen
 * @param mostBytes how many bytes of each chain are recorded, each way
 */
public record RecordingHeader(int type, String name, int pciClass, long offered, List<Integer> queueSizes,
    String config, int status, long features, int mostBytes) {
  /** The version of the format; another one is not read. */
  public static final int VERSION = 1;
  /** What each recording begins with. */
  public static final String MAGIC = "ballast-dialogue";

  private static final int MOST_QUEUES = 1024;

  /** Copies the list. */
  public RecordingHeader {
    queueSizes = List.copyOf(queueSizes);
  }

  /** {@return the line} */
  public String words() {
    return MAGIC + " " + VERSION + " type=" + type + " name=" + name + " class=" + Fields.hex(pciClass) + " offered="
        + Fields.hex(offered) + " queues="
        + queueSizes.stream().map(String::valueOf).collect(Collectors.joining(",")) + " config=" + config + " status="
        + Fields.hex(status) + " features=" + Fields.hex(features) + " bytes=" + mostBytes;
  }

  /**
   * Reads the line.
   *
   * @param line the first of a recording
   * @return what it says
   * @throws IllegalArgumentException a sentence, if it is none
   */
  public static RecordingHeader parse(String line) {
    String[] parts = line.split(" ", 3);
    if (parts.length < 3 || !parts[0].equals(MAGIC)) {
      throw new IllegalArgumentException("not a recording: it must begin with '" + MAGIC + " " + VERSION + "'");
    }
    if (!parts[1].equals(Integer.toString(VERSION))) {
      throw new IllegalArgumentException(
          "a recording of version " + parts[1] + "; this is version " + VERSION + ", record it again");
    }
    Fields fields = new Fields(line, parts[2]);
    return new RecordingHeader(fields.small("type", 63), fields.text("name"), fields.small("class", 0xff_ffff),
        fields.bits("offered"), sizes(fields), fields.digits("config"), fields.small("status", 0xff),
        fields.bits("features"), fields.small("bytes", RecordingLimits.MOST_CHAIN_BYTES));
  }

  private static List<Integer> sizes(Fields fields) {
    List<Integer> sizes = new ArrayList<>();
    for (String size : fields.text("queues").split(",", -1)) {
      if (!size.matches("[0-9]{1,5}") || Integer.parseInt(size) > 32768 || sizes.size() == MOST_QUEUES) {
        throw fields.broken("queues= must be sizes of queues, up to 32768 entries each");
      }
      sizes.add(Integer.parseInt(size));
    }
    return sizes;
  }
}

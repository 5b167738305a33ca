package org.ballastvm.record;

import java.util.ArrayList;
import java.util.List;

/** What queues of known devices are for. Virtio 1.3, 5. */
public final class QueueNames {
  private static final int NET = 1;
  private static final int CONSOLE = 3;
  private static final int BALLOON = 5;
  private static final int VSOCK = 19;
  private static final int FILE_SYSTEM = 26;

  private QueueNames() {}

  /**
   * The name of a queue.
   *
   * @param type of its device
   * @param features that both agreed on: queues of features that are not there leave no gap in Linux and in QEMU
   * @param queues how many the device has
   * @param queue which
   * @return such as {@code inflate}; its number behind a word where nothing better is known
   */
  public static String of(int type, long features, int queues, int queue) {
    return switch (type) {
      case NET -> queue == queues - 1 && queues % 2 == 1 ? "control" : pair("receive", "transmit", queue, queue / 2);
      case CONSOLE -> queue == 2 || queue == 3
          ? pair("control-receive", "control-transmit", queue, 0)
          : pair("receive", "transmit", queue, queue < 2 ? 0 : queue / 2 - 1);
      case BALLOON -> at(balloon(features), queue);
      case VSOCK -> at(List.of("receive", "transmit", "event"), queue);
      case FILE_SYSTEM -> queue == 0 ? "hiprio" : numbered("request", queue - 1);
      case 2, 4, 9, 24 -> numbered("request", queue); // block, entropy, 9P, memory
      default -> "queue" + queue;
    };
  }

  private static String pair(String even, String odd, int queue, int number) {
    return numbered(queue % 2 == 0 ? even : odd, number);
  }

  private static String numbered(String name, int number) { return number == 0 ? name : name + number; }

  private static String at(List<String> names, int queue) {
    return queue < names.size() ? names.get(queue) : "queue" + queue;
  }

  private static List<String> balloon(long features) {
    List<String> names = new ArrayList<>(List.of("inflate", "deflate"));
    addIf(names, features >>> 1, "stats");
    addIf(names, features >>> 3, "free-page");
    addIf(names, features >>> 5, "reporting");
    return names;
  }

  private static void addIf(List<String> names, long bit, String name) {
    if ((bit & 1) != 0) {
      names.add(name);
    }
  }
}

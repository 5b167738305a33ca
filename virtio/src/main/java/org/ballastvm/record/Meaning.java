package org.ballastvm.record;

/** Which bytes of requests and answers mean the same in two runs. */
public final class Meaning {
  private static final int ENTROPY = 4;
  private static final int BALLOON = 5;
  private static final int MEMORY = 24;
  private static final String ANY = "..";

  private Meaning() {}

  /**
   * What a driver sent, with dots for bytes that are addresses, or numbers that change by themselves.
   *
   * @param type of its device, virtio 1.3, 5
   * @param digits the bytes, in hexadecimal digits
   * @return as many digits and dots
   */
  public static String request(int type, String digits) {
    return switch (type) {
      case BALLOON -> dots(digits, 0, digits.length() / 2); // Page numbers, and statistics.
      case MEMORY -> dots(digits, 8, 16); // Virtio 1.3, 5.15.6.1: the address of the first block.
      default -> digits;
    };
  }

  /**
   * What a device answered, the same way.
   *
   * @param type of the device
   * @param digits the bytes, in hexadecimal digits
   * @return as many digits and dots
   */
  public static String answer(int type, String digits) {
    return type == ENTROPY || type == BALLOON ? dots(digits, 0, digits.length() / 2) : digits;
  }

  private static String dots(String digits, int from, int to) {
    int bytes = digits.length() / 2;
    int first = Math.min(from, bytes);
    int end = Math.min(to, bytes);
    return digits.substring(0, 2 * first) + ANY.repeat(end - first) + digits.substring(2 * end);
  }
}

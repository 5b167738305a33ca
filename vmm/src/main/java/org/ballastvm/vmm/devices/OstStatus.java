package org.ballastvm.vmm.devices;

/** What a guest reports of a request, in words. Source: ACPI 6.5, table 6.63 and following. */
public final class OstStatus {
  private OstStatus() {}

  /**
   * An event that a status is about.
   *
   * @param event its number
   * @return what it was, in words
   */
  public static String event(long event) {
    return switch ((int) Math.min(event, Integer.MAX_VALUE)) {
      case 0 -> "a look at the bus";
      case 1 -> "it came";
      case 3 -> "it is asked to go";
      case 0x103 -> "it goes";
      default -> "event 0x" + Long.toHexString(event);
    };
  }

  /**
   * A status of something that came, and that the guest does not take.
   *
   * @param status as the guest gave it
   * @return the same in words
   */
  static String refusal(long status) {
    return status == 1
        ? "it could not, and does not say why; an address or a size that is not of its whole blocks, or too little memory "
            + "for what it knows of the pages, is the usual reason"
        : words(status);
  }

  /**
   * A status.
   *
   * @param status as the guest gave it
   * @return the same in words
   */
  public static String words(long status) {
    return switch ((int) Math.min(status, Integer.MAX_VALUE)) {
      case 0 -> "success";
      case 1 -> "it could not, and does not say why; memory that cannot be moved is the usual reason";
      case 2 -> "it does not know the event";
      case 0x80 -> "it does not support that now";
      case 0x81 -> "the device is in use";
      case 0x82 -> "the device is busy";
      case 0x83 -> "what depends on it is busy";
      case 0x84 -> "it is at it";
      default -> "status 0x" + Long.toHexString(status);
    };
  }
}

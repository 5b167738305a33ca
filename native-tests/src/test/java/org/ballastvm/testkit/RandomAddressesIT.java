package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

/** Where Linux finds itself: at other addresses each time if it was asked for, and else where it was linked to. */
@GuestTest
class RandomAddressesIT {
  private static final String TEXT = "grep -m 1 ' _text$' /proc/kallsyms";

  @Test
  void aKernelThatUnpacksItselfChoosesAnew() {
    String first = textOf("kaslr=on");
    String second = textOf("kaslr=on");
    String third = first.equals(second) ? textOf("kaslr=on") : second; // one of some 500 places twice

    assertNotEquals(first, third);
    assertEquals("ffffffff81000000 T _text\n", textOf("kaslr=off"));
  }

  private static String textOf(String machine) {
    try (Guest guest = Guest.boot(GuestHosts.find(), GuestConfig.of("-m", "512", "-machine", machine))) {
      return guest.run(TEXT);
    }
  }
}

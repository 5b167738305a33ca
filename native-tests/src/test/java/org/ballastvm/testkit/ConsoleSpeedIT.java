package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImage;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.rig.Transcript;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a guest prints on {@code hvc0} beside what it prints on the serial port, by turns in one guest. */
@GuestTest
@Tag("more")
class ConsoleSpeedIT {
  private static final int ROUNDS = Integer.getInteger("ballast.console.rounds", 3);
  private static final int BYTES = 256 << 10;
  private static final Pattern ENDED = Pattern.compile("LAB-RC 0\r?\n");
  private static final Pattern TOOK = Pattern.compile("took ([0-9]+) ms");

  private final GuestHost host = GuestHosts.find();
  private final HostedProcess ballast = boot();

  /** Both print into files; commands come by another console. */
  private HostedProcess boot() {
    GuestImage image = GuestHosts.images().debian(DebianFlavour.CLOUD);
    return host
        .start(Ballast.command(List.of("-nodefaults", "-display", "none", "-serial", "file:/tmp/ttyS0", "-m", "256",
            "-device", "virtio-serial-pci", "-chardev", "file,id=fast,path=/tmp/hvc0", "-device",
            "virtconsole,chardev=fast",
            "-chardev", "stdio,id=terminal,signal=off", "-device", "virtconsole,chardev=terminal", "-kernel",
            image.kernel().toString(), "-initrd", image.initrd().toString(), "-append",
            "console=ttyS0 lab.console=hvc1 quiet",
            "-no-reboot"), List.of()));
  }

  private String run(String line) throws IOException {
    ballast.input().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    ballast.input().flush();
    Transcript.Found end = ballast.output().await(ENDED, Guest.PATIENCE);
    return end.before();
  }

  /** How long it takes to print a file, in ms. */
  private long print(String console) throws IOException {
    String told = run("a=$(cut -d ' ' -f 1 /proc/uptime); cat /tmp/text > /dev/" + console
        + "; awk -v a=$a '{ printf \"took %d ms\\n\", ($1 - a) * 1000 }' /proc/uptime");
    Matcher took = TOOK.matcher(told);
    assertTrue(took.find(), told);
    return Long.parseLong(took.group(1));
  }

  @Test
  void theConsoleOfACardIsQuicker() throws IOException {
    try {
      ballast.output().await(Pattern.compile("LAB-UP"), Guest.PATIENCE);
      run("stty -echo; for c in ttyS0 hvc0; do stty raw < /dev/$c; done; yes 'a line of text that is printed.' | head -c "
          + BYTES + " > /tmp/text");
      List<Long> serial = new ArrayList<>();
      List<Long> card = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        serial.add(print("ttyS0"));
        card.add(print("hvc0"));
      }
      Collections.sort(serial);
      Collections.sort(card);
      System.out.printf(Locale.ROOT, "256 KiB, ms, sorted: ttyS0 %s, hvc0 %s%n", serial, card);
      assertTrue(card.get(ROUNDS / 2) < serial.get(ROUNDS / 2), "hvc0 " + card + ", ttyS0 " + serial);
      String files = host.run(Guest.PATIENCE,
          HostedCommand.of("sh", "-c", "tail -c " + BYTES + " /tmp/hvc0 | uniq | wc -l"));
      assertEquals("1", files.strip(), "nothing was lost on the way");
    } finally {
      ballast.kill();
    }
  }
}

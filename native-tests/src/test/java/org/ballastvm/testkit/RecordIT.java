package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.images.Kernel;
import org.ballastvm.record.RecordedEvent;
import org.ballastvm.record.Recording;
import org.ballastvm.rig.GuestHost;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What Linux's drivers and our devices say to each other, recorded, compared and replayed. */
@Tag("more")
@GuestTest
class RecordIT {
  private static final String BALLOON = "virtio-balloon-pci,id=balloon0";
  /** 64 MiB in pages of 4 KiB, of which Linux names 256 at a time. */
  private static final int CHAINS = 64 * 256 / 256;

  private static List<RecordedEvent.Offer> inflated(Dialogue dialogue) {
    return dialogue.recording().entries().stream().map(Recording.Entry::event)
        .filter(RecordedEvent.Offer.class::isInstance).map(RecordedEvent.Offer.class::cast)
        .filter(offer -> offer.queue() == 0).toList();
  }

  @Test
  void aBalloonThatInflatesSaysTheSameInASecondGuestAndToARecording(
      @Boot({"-m", "256", "-device", BALLOON}) Guest first, @Record("balloon0") Dialogue said,
      @Boot({"-m", "256", "-device", BALLOON}) Guest second,
      @Record(value = "balloon0", guest = 1) Dialogue again) throws IOException {
    first.balloon(192);
    second.balloon(192);
    said.stop();
    again.stop();
    List<RecordedEvent.Offer> pages = inflated(said);
    assertEquals(CHAINS, pages.size(), said::toString);
    assertTrue(pages.stream().allMatch(offer -> offer.read().equals(List.of(1024L)) && offer.write().isEmpty()));
    String text = said.toString();
    assertTrue(text.contains("driver  enables inflate (queue 0), 128 entries"), text);
    assertTrue(text.contains("device  inflate #63 is used: 0 bytes written"), text);
    assertTrue(text.contains("driver  writes configuration bytes 4 to 7: 0x4000\n"), text);
    Dialogue.assertSameDialogue(said, again);
    replay(said, first);
  }

  /** Where no balloon is, a driver finds one that asks it for what it was asked for before. */
  private static void replay(Dialogue said, Guest anywhere) throws IOException {
    Path file = Path.of("target", "balloon0.dialogue").toAbsolutePath();
    Files.createDirectories(file.getParent());
    said.write(file);
    try (Guest guest = Guest.boot(anywhere.host(),
        GuestConfig.of("-m", "256", "-device", "virtio-replay-pci,id=replay0,file=" + file))) {
      guest.await("the end of what was recorded",
          () -> guest.monitor("info replay").contains(", 0 recorded chains not offered yet"));
      Dialogue.assertNothingDiffers(guest);
      assertTrue(guest.run("lsmod").contains("virtio_balloon"));
    }
  }

  /** Where their drivers differ, that is what this finds. */
  @Kernels({"debian:6.1-cloud", "debian:6.12-cloud", "debian:6.12-rt"})
  void aKernelsBalloonIsHeldAgainstWhatThatOf61Said(Kernel kernel) {
    GuestHost host = GuestHosts.find();
    String file = "/tmp/ballast-" + ProcessHandle.current().pid() + "-6.1.dialogue";
    try (Guest guest = Guest.boot(host,
        GuestConfig.of("-m", "256", "-device", BALLOON, "-record", "device=balloon0,file=" + file))) {
      guest.balloon(192);
      guest.monitor("record_stop balloon0");
    }
    try (Guest guest = Guest.start(host, GuestHosts.images().lab(kernel),
        GuestConfig.of("-m", "256", "-device", "virtio-replay-pci,id=replay0,file=" + file))) {
      guest.awaitUp();
      guest.await("the end of what was recorded",
          () -> guest.monitor("info replay").contains(", 0 recorded chains not offered yet"));
      Dialogue.assertNothingDiffers(guest);
    }
    Dialogue.forget(host, file);
  }
}

package org.ballastvm.virtio.replay;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.record.RecordedEvent;
import org.ballastvm.record.Recording;
import org.ballastvm.record.RecordingHeader;

/**
 * What a device is to say.
 *
 * @param header who it was
 * @param acts one for each time that a driver was ready, in their order; one at least
 */
record Script(RecordingHeader header, List<Act> acts) {
  private static final int DRIVER_OK = 4;

  Script {
    acts = List.copyOf(acts);
  }

  /** Splits a recording; IllegalArgumentException with a sentence if it does not hold what is to be said. */
  static Script of(Recording recording) {
    List<Act> acts = new ArrayList<>();
    RecordingHeader header = recording.header();
    Act.Writer now = new Act.Writer(header.queueSizes().size(), header.config(), header.features());
    boolean ready = (header.status() & DRIVER_OK) != 0;
    for (Recording.Entry entry : recording.entries()) {
      if (entry.event() instanceof RecordedEvent.Reset) {
        if (ready) {
          acts.add(now.act());
        }
        now = new Act.Writer(header.queueSizes().size(), now.config(), 0);
        ready = false;
      } else if (entry.event() instanceof RecordedEvent.Status status) {
        ready |= (status.now() & DRIVER_OK) != 0;
      }
      now.add(entry.event());
    }
    if (ready) {
      acts.add(now.act());
    }
    if (acts.isEmpty()) {
      throw new IllegalArgumentException("no driver was ever ready in it, so that there is nothing to answer");
    }
    return new Script(header, acts);
  }
}

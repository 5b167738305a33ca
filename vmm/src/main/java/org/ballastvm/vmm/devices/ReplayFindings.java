package org.ballastvm.vmm.devices;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.ballastvm.vmm.config.ReplayConfig;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.state.Log;
import org.ballastvm.vmm.state.Repeats;

/** What a driver does otherwise than the recorded one. It is added to under the lock of the device, and looked at by any thread. */
final class ReplayFindings {
  private static final int KEPT = 64;

  private final String name;
  private final Repeats repeats = new Repeats();
  private final MachineEvents.Notice diverged;
  private final List<String> sentences = new CopyOnWriteArrayList<>();
  private volatile long count;
  private volatile String last = "";

  ReplayFindings(ReplayConfig config, String path, MachineEvents events) {
    this.name = config.driver() + config.id().map(id -> " " + id).orElse("");
    this.diverged = events.notice(() -> new MachineEvent.ReplayDiverged(config.id(), path, last));
  }

  void add(String sentence) {
    long now = count + 1;
    count = now;
    last = sentence;
    if (now <= KEPT) {
      sentences.add(sentence);
    }
    if (repeats.isLogged()) {
      Log.of(ReplayFindings.class).warn("{}: {}{}", name, sentence, repeats.words());
    }
    diverged.happened();
  }

  List<String> sentences() { return List.copyOf(sentences); }

  long count() { return count; }
}

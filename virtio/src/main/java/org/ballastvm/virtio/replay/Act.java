package org.ballastvm.virtio.replay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.ballastvm.record.RecordedEvent;

/**
 * What passed from one start of a driver to its end.
 *
 * @param features that were agreed on
 * @param setups the queues that the driver enabled, by their number
 * @param offers what it offered, by queue
 * @param uses what came back, by queue
 * @param config the configuration when it began
 * @param writes what the driver wrote there
 * @param changes what became of the configuration
 */
record Act(long features, Map<Integer, RecordedEvent.QueueSetup> setups, List<List<RecordedEvent.Offer>> offers,
    List<List<RecordedEvent.Use>> uses, String config, List<RecordedEvent.ConfigWrite> writes, List<Change> changes) {
  /**
   * The configuration changes.
   *
   * @param data what it is then
   * @param offers how many chains each queue had been offered before
   * @param writes how often the driver had written before
   */
  record Change(String data, List<Integer> offers, int writes) {
    Change {
      offers = List.copyOf(offers);
    }
  }

  /** Collects an act. */
  static final class Writer {
    private final Map<Integer, RecordedEvent.QueueSetup> setups = new HashMap<>();
    private final List<List<RecordedEvent.Offer>> offers = new ArrayList<>();
    private final List<List<RecordedEvent.Use>> uses = new ArrayList<>();
    private final List<RecordedEvent.ConfigWrite> writes = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    private final String firstConfig;
    private String config;
    private long features;

    Writer(int queues, String config, long features) {
      this.firstConfig = config;
      this.config = config;
      this.features = features;
      for (int i = 0; i < queues; i++) {
        offers.add(new ArrayList<>());
        uses.add(new ArrayList<>());
      }
    }

    /** The configuration as it is now. */
    String config() { return config; }

    void add(RecordedEvent event) {
      event.ofQueue().ifPresent(this::require);
      switch (event) {
        case RecordedEvent.Features chosen -> features = chosen.chosen();
        case RecordedEvent.QueueSetup queue -> {
          require(queue.queue());
          setups.put(queue.queue(), queue);
        }
        case RecordedEvent.ConfigWrite write -> writes.add(write);
        case RecordedEvent.ConfigChange change -> {
          config = change.data();
          changes.add(new Change(config, offers.stream().map(List::size).toList(), writes.size()));
        }
        case RecordedEvent.Offer offer -> offers.get(offer.queue()).add(offer);
        case RecordedEvent.Use use -> addUse(use);
        case RecordedEvent.Status _,RecordedEvent.ConfigRead _,RecordedEvent.Ring _,RecordedEvent.Interrupt _,RecordedEvent.Reset _,RecordedEvent.NeedsReset _,RecordedEvent.End _ -> {
          // They follow from the rest.
        }
      }
    }

    private void require(int queue) {
      if (queue >= offers.size()) {
        throw new IllegalArgumentException("it names queue " + queue + " of a device with " + offers.size());
      }
    }

    private void addUse(RecordedEvent.Use use) {
      if (use.chain().isPresent()) {
        long number = use.chain().getAsLong();
        List<RecordedEvent.Offer> offered = offers.get(use.queue());
        if (number >= offered.size()) {
          throw new IllegalArgumentException(
              "chain " + number + " of queue " + use.queue() + " comes back before it was offered");
        }
        long room = offered.get((int) number).write().stream().mapToLong(Long::longValue).sum();
        long wanted = Math.min(use.length(), room);
        if (use.data().length() / 2 < wanted) {
          throw new IllegalArgumentException(
              "chain " + number + " of queue " + use.queue() + " came back with " + wanted
                  + " bytes, of which it holds " + use.data().length() / 2 + "; record again with bytes=" + wanted
                  + " or more");
        }
      }
      uses.get(use.queue()).add(use);
    }

    Act act() {
      return new Act(features, Map.copyOf(setups), offers.stream().map(List::copyOf).toList(),
          uses.stream().map(List::copyOf).toList(), firstConfig, List.copyOf(writes), List.copyOf(changes));
    }
  }

  /** How large a queue was, if the driver enabled it. */
  OptionalInt sizeOf(int queue) {
    RecordedEvent.QueueSetup setup = setups.get(queue);
    return setup == null ? OptionalInt.empty() : OptionalInt.of(setup.sizeEntries());
  }
}

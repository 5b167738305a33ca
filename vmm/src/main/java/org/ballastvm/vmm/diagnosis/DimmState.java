package org.ballastvm.vmm.diagnosis;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.ballastvm.vmm.event.Obstacle;

/** How a guest stands to a DIMM, by what it has reported through {@code _OST}. */
public sealed interface DimmState {
  /** It was there before the guest, which finds it by itself and reports nothing. */
  record Found() implements DimmState {
    @Override
    public String words() { return "it was there at the start; whether the guest uses it, it does not report"; }
  }

  /**
   * It came, and the guest has not answered.
   *
   * @param sinceNanos since when, as System.nanoTime
   */
  record Offered(long sinceNanos) implements DimmState {
    @Override
    public Optional<Long> openNanos(long nowNanos) { return Optional.of(nowNanos - sinceNanos); }

    @Override
    public String words() { return "offered, not answered"; }
  }

  /** It came, and the guest has added it to its memory. */
  record Taken() implements DimmState {
    @Override
    public String words() {
      return "the guest has added it; whether its blocks are online, it does not report (what is resident was used)";
    }
  }

  /**
   * It came, and the guest did not want it.
   *
   * @param why in words
   */
  record TurnedDown(String why) implements DimmState {
    @Override
    public String words() { return "the guest did not take it: " + why; }
  }

  /**
   * The guest was asked to let it go, and has not answered.
   *
   * @param sinceNanos since when, as System.nanoTime
   */
  record AskedToGo(long sinceNanos) implements DimmState {
    @Override
    public Optional<Long> openNanos(long nowNanos) { return Optional.of(nowNanos - sinceNanos); }

    @Override
    public String words() { return "the guest has it, and was asked to let it go"; }
  }

  /**
   * The guest was asked to let it go, and keeps it.
   *
   * @param why in words
   */
  record Kept(String why) implements DimmState {
    @Override
    public String words() { return "the guest has it online and keeps it: " + why; }
  }

  /**
   * For how long the guest has owed an answer.
   *
   * @param nowNanos System.nanoTime
   * @return nanoseconds; empty if it owes none
   */
  default Optional<Long> openNanos(long nowNanos) { return Optional.empty(); }

  /**
   * What is thought of an answer that is owed.
   *
   * @param nowNanos System.nanoTime
   * @param running whether the guest's CPUs run
   * @return why there is none yet; empty if none is owed
   */
  default Optional<Verdict> verdict(long nowNanos, boolean running) {
    return openNanos(nowNanos).map(age -> {
      if (!running) {
        return new Verdict(Obstacle.MACHINE_STOPPED, false,
            "the machine's CPUs are stopped, so its guest can do nothing");
      }
      if (age < Judge.PATIENCE_NANOS) {
        return new Verdict(Obstacle.UNDER_WAY, true, "the guest was notified");
      }
      String silent = "the guest has not answered for " + TimeUnit.NANOSECONDS.toSeconds(age) + " s: ";
      return this instanceof Offered
          ? new Verdict(Obstacle.NO_ANSWER, false, silent + "it has not come so far, or its kernel lacks "
              + "CONFIG_ACPI_HOTPLUG_MEMORY (it then logs PNP0C80:00: Enumeration failure)")
          : new Verdict(Obstacle.CANNOT_BE_FREED, true,
              silent + "it moves what is in the DIMM elsewhere, which can take "
                  + "long and end in a refusal, or its kernel lacks CONFIG_MEMORY_HOTREMOVE");
    });
  }

  /** {@return who has the memory, in a sentence, as far as the host can know} */
  String words();
}

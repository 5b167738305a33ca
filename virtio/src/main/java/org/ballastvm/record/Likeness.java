package org.ballastvm.record;

/** What must be the same in two recordings. */
public enum Likeness {
  /** All of it. */
  EXACTLY,
  /** All but the times: the order of events of all queues, descriptors, rings and interrupts too. */
  IGNORING_TIMES,
  /**
   * What a driver says and a device answers. Left out are times, addresses (descriptors, vectors, and the addresses in the
   * requests of known devices), random bytes, rings and interrupts, of which several may become one, and reads of the
   * configuration that find what the read before them has found. Queues, the configuration's changes and all else are compared
   * each by themselves; of a queue what is offered and what comes back, as a device may take several chains before it answers.
   */
  WHAT_IS_SAID
}

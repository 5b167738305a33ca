package org.ballastvm.kvm;

/** What the thread of a virtual processor asks of it. {@link Vcpu} is KVM's; tests have others. */
public interface Processor extends AutoCloseable {
  /** Makes the calling thread the one that runs it, so that {@link #kick} finds it. */
  void bindToCurrentThread();

  /** {@return the number of the thread that runs it, as the host's tools show it; 0 before it is bound} */
  int threadId();

  /**
   * Runs the guest until something happens.
   *
   * @return what happened
   * @throws HostError for what the host refuses
   */
  Exit run();

  /**
   * Hands on what the guest has written where writes are collected. After each {@link #run}, before its exit is dealt with.
   *
   * @param taker takes each write
   */
  void takeCoalesced(WriteTaker taker);

  /** Takes it out of the guest, soon. Any thread may call it, at any time. */
  void kick();

  /** Forgets a kick; by its own thread, before it looks at why it was kicked. */
  void clearKick();

  /**
   * Notifies the guest's clock that the processor was stopped, so that its watchdogs forgive the time. While it does not run.
   *
   * @throws HostError for what the host refuses; a guest that has no such clock is no error
   */
  void noteStopped();

  @Override
  void close();
}

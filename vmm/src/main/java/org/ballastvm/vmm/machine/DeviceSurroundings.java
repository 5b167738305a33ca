package org.ballastvm.vmm.machine;

import org.ballastvm.vmm.devices.Surroundings;
import org.ballastvm.vmm.state.RunState;

/** The machine, as its devices see it. */
final class DeviceSurroundings implements Surroundings {
  private final RunControl run;
  private final GuestRequests requests;
  /** Set before there is a guest. */
  private volatile Runnable memoryAsked = () -> {
    // Nobody watches yet.
  };

  DeviceSurroundings(RunControl run, GuestRequests requests) {
    this.run = run;
    this.requests = requests;
  }

  /** Sets what is done when a guest was asked for memory. */
  void whenMemoryAsked(Runnable task) { memoryAsked = task; }

  @Override
  public boolean isRunning() { return run.state() == RunState.RUNNING; }

  @Override
  public void memoryAsked() { memoryAsked.run(); }

  @Override
  public void whileOut(Runnable task) { run.vcpus().whileOut(task); }

  @Override
  public void panicked() { requests.panicked(); }

  @Override
  public void crashLoaded() { requests.crashLoaded(); }

  @Override
  public void stopForIoError() { requests.ioFailed(); }

  @Override
  public void watchdogExpired() { requests.watchdogExpired(); }

  @Override
  public void exit(int status) { requests.exit(status); }
}

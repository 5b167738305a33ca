package org.ballastvm.vmm.machine;

import java.util.List;
import java.util.Optional;
import org.ballastvm.kvm.Vcpu;
import org.ballastvm.vmm.device.CoreInfo;
import org.ballastvm.vmm.dump.CoreInfoNote;
import org.ballastvm.vmm.dump.GuestDump;
import org.ballastvm.vmm.event.DumpResult;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.state.RunState;

/** The machine, as a dump of it sees it. */
final class DumpSubject implements GuestDump.Subject {
  private final RunControl run;
  private final Hardware hardware;
  private final MachineEvents events;

  DumpSubject(RunControl run, Hardware hardware, MachineEvents events) {
    this.run = run;
    this.hardware = hardware;
    this.events = events;
  }

  @Override
  public List<Vcpu> vcpus() { return run.vcpus().threads().stream().map(VcpuThread::vcpu).toList(); }

  @Override
  public byte[] coreInfoNote() {
    return hardware.devices().coreInfo().map(CoreInfo::note).map(note -> CoreInfoNote.read(hardware.ram(), note))
        .orElse(new byte[0]);
  }

  @Override
  public boolean stop() {
    boolean runs = run.state() == RunState.RUNNING;
    run.pause();
    return runs;
  }

  /** Unless somebody let it run, or reset it, while a dump was written that nobody waited for. */
  @Override
  public void goOn() {
    if (run.state() == RunState.PAUSED) {
      run.resume();
    }
  }

  @Override
  public void over(DumpResult result, Optional<String> error) {
    events.emit(new MachineEvent.DumpCompleted(result, error));
  }
}

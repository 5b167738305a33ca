package org.ballastvm.vmm.devices;

import java.time.Instant;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.vsock.UnixSockets;

/** A card whose streams lead to Unix sockets. */
final class VsockCard extends VirtioCard {
  private final UnixSockets sockets;
  private final MachineEvents events;
  private final MachineEvents.Listener states = this::happened;

  VsockCard(String path, VirtioPciFunction transport, UnixSockets sockets, MachineEvents events) {
    super("virtio-vsock", path, transport);
    this.sockets = sockets;
    this.events = events;
    events.listen(states);
  }

  private void happened(MachineEvent event, Instant when) {
    if (event instanceof MachineEvent.Stop) {
      sockets.pause(true);
    } else if (event instanceof MachineEvent.Resume || event instanceof MachineEvent.Reset) {
      sockets.pause(false);
    }
  }

  @Override
  public void close() {
    events.forget(states);
    super.close();
    sockets.close();
  }
}

package org.ballastvm.vmm.devices;

import java.time.Instant;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.pci.PciSlot;
import org.ballastvm.vmm.vhost.BackendQueues;

/** A card whose queues are served outside of this process, all the time that the machine runs. */
class ServedCard extends VirtioCard {
  private final BackendQueues queues;
  private final MachineEvents events;
  private final MachineEvents.Listener states = this::happened;

  /**
   * A card.
   *
   * @param kind such as {@code vhost-vsock}
   * @param path of its PCI function in the object tree
   * @param transport the device behind its transport
   * @param queues the device's, closed with the card
   * @param events say when the machine stands
   */
  ServedCard(String kind, String path, VirtioPciFunction transport, BackendQueues queues, MachineEvents events) {
    super(kind, path, transport);
    this.queues = queues;
    this.events = events;
    events.listen(states);
  }

  @Override
  public void tied(PciSlot tie) { queues.tied(tie, function()); }

  /** While the machine stands, its memory stays as it is. */
  private void happened(MachineEvent event, Instant when) {
    if (event instanceof MachineEvent.Stop) {
      function().letServe(false);
    } else if (event instanceof MachineEvent.Resume || event instanceof MachineEvent.Reset) {
      function().letServe(true);
    }
  }

  @Override
  public void close() {
    events.forget(states);
    super.close();
    queues.close();
  }
}

package org.ballastvm.vmm.devices;

import java.util.List;
import java.util.Optional;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.virtio.replay.ReplayDevice;

/** A device that answers as a recorded one did, and what its driver does otherwise. */
public final class ReplayCard extends VirtioCard {
  private final Optional<String> id;
  private final ReplayDevice device;
  private final ReplayFindings findings;

  ReplayCard(Optional<String> id, String path, ReplayDevice device, VirtioPciFunction transport,
      ReplayFindings findings) {
    super("virtio-replay", path, transport);
    this.id = id;
    this.device = device;
    this.findings = findings;
  }

  /** {@return the id that the user gave, if any} */
  public Optional<String> id() { return id; }

  /** {@return what its driver did otherwise, the first 64 sentences} */
  public List<String> findings() {
    return findings.sentences();
  }

  /** {@return how much its driver did otherwise} */
  public long findingCount() { return findings.count(); }

  /** {@return how many recorded chains its driver has not offered yet; empty while there is none} */
  public Optional<Integer> missing() {
    return device.missing();
  }
}

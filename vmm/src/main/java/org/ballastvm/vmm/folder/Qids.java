package org.ballastvm.vmm.folder;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ballastvm.kvm.NodeStatus;
import org.ballastvm.virtio.p9.P9Error;
import org.ballastvm.virtio.p9.P9Qid;
import org.ballastvm.vmm.config.FolderConfig;
import org.ballastvm.vmm.state.Log;

/** By what number a guest knows a node: its inode's, which is unique on one file system alone. {@code multidevs}. */
final class Qids {
  private static final int OWN_BITS = 48;
  private static final int MOST_PREFIXES = 1 << 16;

  private final String tag;
  private final FolderConfig.Devices mode;
  private final long rootDevice;
  private final Map<Prefix, Integer> prefixes = new HashMap<>();
  private final AtomicBoolean logged = new AtomicBoolean();

  /** What is in front of a number: each gets one of its own. */
  private record Prefix(long device, long inodeHigh) {}

  Qids(String tag, FolderConfig.Devices mode, long rootDevice) {
    this.tag = tag;
    this.mode = mode;
    this.rootDevice = rootDevice;
    prefix(rootDevice, 0); // The first is 0: most numbers stay as they are.
  }

  /** By what a guest knows a node; {@code shown} is what it sees of it. */
  P9Qid of(NodeStatus shown) {
    int type = shown.isDirectory() ? P9Qid.DIRECTORY : shown.isLink() ? P9Qid.LINK : P9Qid.FILE;
    int version = (int) (shown.modified().seconds() ^ shown.sizeBytes() << 8);
    return new P9Qid(type, version, number(shown.device(), shown.inode()));
  }

  /** The number of a node. */
  long number(long device, long inode) {
    if (mode == FolderConfig.Devices.REMAP) {
      return (long) prefix(device, inode >>> OWN_BITS) << OWN_BITS | inode & (1L << OWN_BITS) - 1;
    }
    if (device != rootDevice) {
      boolean forbidden = mode == FolderConfig.Devices.FORBID;
      if (!logged.getAndSet(true)) {
        Log.of(Qids.class).warn(forbidden
            ? "folder {}: the guest is refused what is on another file system below it, as multidevs=forbid has it"
            : "folder {}: there is another file system below it, so that two files may have one number in the guest; "
                + "multidevs=remap makes them differ",
            tag);
      }
      if (forbidden) {
        throw new P9Error(P9Error.ENODEV);
      }
    }
    return inode;
  }

  private synchronized int prefix(long device, long inodeHigh) {
    Prefix key = new Prefix(device, inodeHigh);
    Integer known = prefixes.get(key);
    if (known != null) {
      return known;
    }
    if (prefixes.size() == MOST_PREFIXES) {
      throw new P9Error(P9Error.ENODEV);
    }
    prefixes.put(key, prefixes.size());
    return prefixes.size() - 1;
  }
}

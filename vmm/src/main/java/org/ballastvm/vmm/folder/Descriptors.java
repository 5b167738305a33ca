package org.ballastvm.vmm.folder;

import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.kvm.HostProcess;
import org.ballastvm.virtio.p9.P9Error;
import org.ballastvm.vmm.state.Log;

/** How many descriptors a guest may have this process hold for it: a share of what the process may have. */
final class Descriptors {
  /** Fids take memory, too. */
  private static final int MOST = 1 << 18;

  private final String tag;
  private final int most;
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicInteger refusals = new AtomicInteger();

  Descriptors(String tag) { this(tag, (int) Math.min(MOST, HostProcess.mostDescriptors() / 2)); }

  Descriptors(String tag, int most) {
    this.tag = tag;
    this.most = most;
  }

  /** One is going to be opened. */
  void take() {
    if (held.incrementAndGet() > most) {
      held.decrementAndGet();
      if (refusals.incrementAndGet() == 1) {
        Log.of(Descriptors.class)
            .warn("folder {}: the guest holds {} files and directories, which is half of what this "
                + "process may have open (ulimit -n); it gets EMFILE for more", tag, most);
      }
      throw new P9Error(P9Error.EMFILE);
    }
  }

  /** One was closed, or could not be opened. */
  void giveBack() { held.decrementAndGet(); }

  /** {@return how many are held} */
  int held() { return held.get(); }
}

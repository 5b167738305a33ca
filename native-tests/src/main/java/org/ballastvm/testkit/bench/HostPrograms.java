package org.ballastvm.testkit.bench;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.GuestConfig;

/** Programs of the host, as fio and iperf3, in a guest: it has the host's /usr by a folder. */
final class HostPrograms {
  private HostPrograms() {}

  /** {@return a guest that can have them} */
  static GuestConfig guest(List<String> more) {
    List<String> options = new ArrayList<>(List.of("-m", "512", "-fsdev",
        "local,id=tools,path=/usr,security_model=none,readonly=on", "-device",
        "virtio-9p-pci,fsdev=tools,mount_tag=tools"));
    options.addAll(more);
    return new GuestConfig(options, "", DebianFlavour.STOCK, "", List.of(), true);
  }

  /** Has them run below {@code chroot /root} from here on. */
  static void bringIn(Guest guest) {
    guest.run("mkdir -p /root/usr /root/dev /root/proc /root/tmp"
        + " && mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,cache=loose,ro tools /root/usr"
        + " && for d in bin lib lib64; do ln -s usr/$d /root/$d; done"
        + " && for d in dev proc; do mount -o bind /$d /root/$d; done");
  }
}

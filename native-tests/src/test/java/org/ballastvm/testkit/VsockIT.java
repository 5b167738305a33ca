package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImage;
import org.ballastvm.images.Initramfs;
import org.ballastvm.images.Kernel;
import org.ballastvm.images.ModuleTree;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Linux guest's own sockets, to programs of its host: by the host's kernel, and by Unix sockets. */
@GuestTest
class VsockIT {
  private static final String PROGRAM = "bin/sockets";
  private static final String TRANSPORT = "vmw_vsock_virtio_transport";
  private static final int CID = 42;
  private static final String MAKE = "dd if=/dev/urandom of=/tmp/sent bs=1M count=8 2> /dev/null; sha256sum < /tmp/sent";

  @TempDir
  private Path directory;

  private final GuestHost host = GuestHosts.find();

  /** The program and the modules of sockets, in an archive behind the usual one. */
  private GuestImage image() throws IOException, InterruptedException {
    Kernel kernel = GuestHosts.images().kernel(DebianFlavour.CLOUD);
    GuestImage lab = GuestHosts.images().lab(kernel);
    try (InputStream source = VsockIT.class.getResourceAsStream("sockets.c")) {
      Files.copy(source, directory.resolve("sockets.c"));
    }
    Launched compiled = Launched.run(directory, "", List.of("gcc", "-O2", "-static", "-o", "sockets", "sockets.c"));
    assertEquals(0, compiled.status(), compiled::errors);
    Initramfs tree = new Initramfs().executable(PROGRAM, Files.readAllBytes(program()));
    tree.modules(ModuleTree.of(kernel.modules().orElseThrow()).inLoadOrder(List.of(TRANSPORT)));
    tree.writeTo(directory.resolve("more"));
    Path initrd = directory.resolve("initrd");
    Files.copy(lab.initrd(), initrd);
    Files.write(initrd, new byte[(int) (-Files.size(initrd) & 3)], StandardOpenOption.APPEND);
    Files.write(initrd, Files.readAllBytes(directory.resolve("more")), StandardOpenOption.APPEND);
    return new GuestImage(lab.release(), lab.kernel(), initrd);
  }

  private Path program() { return directory.resolve("sockets"); }

  private Guest boot(String... options) throws IOException, InterruptedException {
    Guest guest = Guest.start(host, image(), GuestConfig.of(options));
    guest.awaitUp();
    return guest;
  }

  private String onHost(String script) { return host.run(Guest.PATIENCE, HostedCommand.of("sh", "-c", script)); }

  private HostedProcess startOnHost(String script) { return host.start(HostedCommand.of("sh", "-c", script)); }

  private static String sum(String text) { return text.strip().split(" ")[0]; }

  /** A file to the guest, and one from it, each whole, and each answered. */
  private void assertBothWays(Guest guest, String toGuest, String onHostListens, String fromGuest) {
    guest.run("sockets listen 52 > /tmp/got 2> /tmp/error < /dev/null &");
    String sent = onHost(MAKE);
    assertEquals("got it", onHost(program() + toGuest + " < /tmp/sent").strip());
    assertEquals(sum(sent), sum(guest.run("sha256sum < /tmp/got")));
    HostedProcess listener = startOnHost(program() + onHostListens + " > /tmp/got");
    try {
      sent = guest.run(MAKE);
      assertEquals("got it", guest.run("sockets" + fromGuest + " < /tmp/sent").strip());
      assertEquals(sum(sent), sum(onHost("sha256sum < /tmp/got")));
    } finally {
      listener.kill();
    }
  }

  @Test
  void theHostsKernelReachesAGuestAndIsReached() throws Exception {
    onHost("test -e /dev/vhost-vsock || modprobe vhost_vsock");
    try (Guest guest = boot("-m", "256M,slots=2,maxmem=1G", "-device", "vhost-vsock-pci,guest-cid=" + CID)) {
      assertBothWays(guest, " connect " + CID + " 52", " listen 99", " connect 2 99");
      long before = guest.memInfoKiB("MemTotal");
      guest.monitor("object_add memory-backend-ram,id=mem1,size=256M");
      assertEquals("", guest.monitor("device_add pc-dimm,id=dimm1,memdev=mem1"));
      guest.await("the DIMM", () -> guest.memInfoKiB("MemTotal") > before + (200 << 10));
      assertBothWays(guest, " connect " + CID + " 52", " listen 99", " connect 2 99");
      assertTrue(guest.monitor("device_add vhost-vsock-pci,guest-cid=" + CID).contains("another guest of this host"));
    }
  }

  @Test
  void unixSocketsReachAGuestAndAreReached() throws Exception {
    String path = "/tmp/guest.vsock";
    try (Guest guest = boot("-m", "256M", "-device", "virtio-vsock-pci,guest-cid=" + CID + ",path=" + path)) {
      assertBothWays(guest, " connect-at " + path + " 52", " listen-at " + path + "_99", " connect 2 99");
      assertTrue(onHost(program() + " connect-at " + path + " 53 < /dev/null 2>&1 || true").contains("no answer"));
    }
  }
}

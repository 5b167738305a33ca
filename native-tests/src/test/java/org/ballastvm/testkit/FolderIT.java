package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder of the host in one Linux guest, by Linux's own driver. */
@GuestTest
@Tag("more")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FolderIT {
  private static final String MOUNT = "mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,cache=";
  private static final String LISTING = "find . | sort | xargs stat -c '%n %f %s %Y %h %u %g' | md5sum";
  private static final String SUMS = "find . -type f | sort | xargs md5sum | md5sum";
  private static final String SECRET = "what-no-guest-may-know";
  private static final int RANDOM_STEPS = 300;
  private static final int LOOKS = 20;
  /** Times that many: what a line of the guest does is to end well before anybody gives it up. */
  private static final int LINES = 10;
  private static final int COMINGS = 5;

  private final GuestHost host = GuestHosts.find();
  private final String busybox = GuestHosts.images().busyboxFile().toString();
  private final String place = "/dev/shm/folder-" + ProcessHandle.current().pid();
  private Guest guest;

  @BeforeAll
  void boot() {
    // 600 files in 20 directories, of up to 60 KiB, written by one program: to start one takes long in the rig.
    onHost("mkdir -p " + place + "/share " + place + "/outside " + place + "/tree && cd " + place
        + "/tree && awk 'BEGIN { for (d = 0; d < 20; d++) {"
        + " system(\"mkdir d\" d); for (f = 0; f < 30; f++) { name = \"d\" d \"/file \" f;"
        + " for (i = 0; i < f * f; i++) printf \"%d %d %d the same old line again and again\\n\", d, f, i > name; close(name) } } }'"
        + " && touch d3/empty && ln -s d1/none dangling && echo " + SECRET + " > " + place + "/outside/secret");
    guest = Guest.boot(host, config());
    guest.run("mkdir /mnt");
  }

  @BeforeEach
  void makeAfresh() {
    onHost("rm -rf " + place + "/share/* && cp -a " + place + "/tree/. " + place + "/share");
    guest.run("rm -rf /tmp/local && mkdir /tmp/local");
  }

  private GuestConfig config() {
    return new GuestConfig(
        List.of("-m", "256,slots=2,maxmem=2G", "-fsdev", "local,id=f0,security_model=none,path=" + place + "/share",
            "-device", "virtio-9p-pci,fsdev=f0,mount_tag=share,id=p9"),
        "lab.movable", DebianFlavour.STOCK, "", List.of(), true);
  }

  @AfterEach
  void unmount() { guest.tryToRun("umount /mnt"); }

  @AfterAll
  void end() {
    if (guest != null) {
      guest.close();
    }
    onHost("rm -rf " + place);
  }

  private String onHost(String script) {
    return host.run(Guest.PATIENCE, HostedCommand.of(busybox, "sh", "-c", script)).strip();
  }

  private void mount(String cache) { guest.run(MOUNT + cache + " share /mnt"); }

  private String in(String directory, String script) {
    return guest.run("cd " + directory + " && " + script + "; cd /").strip();
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "loose", "mmap"})
  void aTreeIsTheSameInTheGuest(String cache) {
    mount(cache);
    String share = "cd " + place + "/share && ";
    assertEquals(onHost(share + LISTING.replace("xargs", "tr '\\n' '\\0' | xargs -0")),
        in("/mnt", LISTING.replace("xargs", "tr '\\n' '\\0' | xargs -0")));
    assertEquals(onHost(share + SUMS.replace("xargs", "tr '\\n' '\\0' | xargs -0")),
        in("/mnt", SUMS.replace("xargs", "tr '\\n' '\\0' | xargs -0")));
    assertEquals("", in("/mnt", "tar cf - . | (cd /tmp/local && tar xf -) && diff -r d4 /tmp/local/d4"));
    in("/tmp/local", "tar cf - . | (mkdir /mnt/copy && cd /mnt/copy && tar xf -) && sync");
    assertEquals("", onHost(share + "diff -r d5 copy/d5; rm -rf copy"));
  }

  @Test
  void whatIsOpenStaysWhatItIs() {
    mount("none");
    assertEquals("kept more",
        in("/mnt", "exec 3<>gone && echo -n kept >&3 && rm gone && [ ! -e gone ] && echo -n ' more' >&3"
            + " && cat /proc/self/fd/3 && exec 3>&-"));
    assertEquals("one", in("/mnt", "exec 3>old && mv old new && echo one >&3 && exec 3>&- && cat new"));
    assertEquals("one", onHost("cat " + place + "/share/new"));
    assertEquals("p l 3 640 1000", in("/mnt", "mkfifo p && ln -s new l && ln new n1 && ln new n2 && chmod 640 new"
        + " && touch -d @1000 new && echo p $(readlink l | sed s/new/l/) $(stat -c '%h %a %Y' new)"));
    assertEquals("5000000", in("/mnt", "truncate -s 5000000 new && stat -c %s new"));
  }

  /** The same steps, by chance, on the folder and on a tmpfs: both end alike, and so does each step. */
  @ParameterizedTest
  @ValueSource(strings = {"none", "loose"})
  void aFolderDoesWhatATmpfsDoes(String cache) {
    long seed = System.nanoTime();
    onHost("mkdir " + place + "/share/work && cat > " + place + "/share/steps << 'END'\n" + steps(new Random(seed))
        + "END");
    mount(cache);
    String listing = "find . ! -type l ! -type d | sort | xargs stat -c '%n %F %a %s'; find . -type f | sort | xargs md5sum;"
        + " find . -type d | sort; find . -type l | sort | xargs -n1 readlink";
    String folder = in("/mnt/work", "sh ../steps; " + listing);
    String local = in("/tmp/local", "sh /mnt/steps; " + listing);
    assertEquals(local, folder, "seed " + seed);
    assertTrue(local.lines().count() > 10, "seed " + seed + ": " + local);
  }

  private static String steps(Random random) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < RANDOM_STEPS; i++) {
      String a = name(random);
      String b = name(random);
      all.append(switch (random.nextInt(10)) {
        case 0, 1, 2 ->
          "[ -d " + a + " ] || yes " + i + " | dd of=" + a + " bs=" + (1 + random.nextInt(9000)) + " count="
              + (1 + random.nextInt(5)) + " seek=" + random.nextInt(4) + " conv=notrunc iflag=fullblock";
        case 3 -> "[ ! -f " + a + " ] || truncate -s " + random.nextInt(20000) + " " + a;
        case 4 -> "[ -d " + b + " ] || mv " + a + " " + b;
        case 5 -> "ln " + a + " " + b;
        case 6 -> "rm -f " + a;
        case 7 -> "mkdir " + a;
        case 8 -> "[ -d " + a + " ] || echo " + i + " >> " + a;
        default -> "[ -e " + a + " ] || ln -s x" + i + " " + a;
      }).append(" 2> /dev/null; echo $? >> log\n");
    }
    return all.toString();
  }

  private static String name(Random random) {
    return (random.nextInt(4) == 0 ? "d" + random.nextInt(2) + "/" : "") + (char) ('a' + random.nextInt(8));
  }

  /** Root in the guest, while the host swaps a directory for a link to what is outside, again and again; the kernel says who opens that. */
  @Test
  void nothingOutsideIsOpened() {
    mount("none");
    HostedProcess watch = host
        .start(HostedCommand.of("inotifywait", "-m", "-e", "open,access", place + "/outside"));
    watch.errors().await(Pattern.compile("Watches established"), Guest.PATIENCE);
    HostedProcess swaps = host.start(HostedCommand.of(busybox, "sh", "-c", "cd " + place + " && ln -s " + place
        + "/outside link && ln -s ../outside share/up && ln -s " + place + "/outside/secret share/there"
        + " && while :; do mv share/d1 kept; mv link share/d1; mv share/d1 link; mv kept share/d1; done"));
    StringBuilder all = new StringBuilder();
    try {
      for (int i = 0; i < LINES; i++) {
        all.append(in("/mnt", "i=0; while [ $i -lt " + LOOKS
            + " ]; do i=$((i+1)); cat d1/secret d1/../../outside/secret"
            + " ../outside/secret up/secret there /mnt/../outside/secret; ls d1 up; echo x > d1/secret; mv d1/secret mine;"
            + " ln d1/secret mine; chmod 777 d1/secret; done 2> /dev/null | sort -u"));
      }
    } finally {
      swaps.kill();
    }
    String found = all.toString();
    assertFalse(found.contains(SECRET), found);
    assertTrue(found.contains("file 29"), () -> "d1 was never seen: " + found);
    // This one is seen: by then all before it were.
    assertEquals(SECRET, onHost("cat " + place + "/outside/secret"));
    String opened = watch.output().await(Pattern.compile(".*/outside/ OPEN secret\n"), Guest.PATIENCE).before();
    watch.kill();
    assertEquals("", opened);
    onHost("rm -rf " + place + "/kept " + place + "/link");
  }

  @Test
  void dataGoesIntoMemoryThatWasPluggedMeanwhile() {
    onHost("dd if=/dev/urandom of=" + place + "/share/big bs=1M count=300");
    mount("loose");
    guest.monitor("object_add memory-backend-ram,id=mem1,size=1G");
    guest.monitor("device_add pc-dimm,id=dimm1,memdev=mem1");
    guest.await("the DIMM", () -> guest.memInfoKiB("MemTotal") > 1 << 20);
    String sum = onHost("md5sum < " + place + "/share/big");
    assertEquals(sum, in("/mnt", "cp big /tmp/big && md5sum < /tmp/big"));
    assertEquals(sum, in("/mnt", "cp /tmp/big copy && sync && md5sum < big"));
    assertEquals(sum, onHost("md5sum < " + place + "/share/copy"));
  }

  @Test
  void aFolderComesAndGoes() {
    for (int i = 0; i < COMINGS; i++) {
      guest.monitor("device_del p9");
      guest.await("its end", () -> !guest.monitor("info pci").contains("1af4:1049"));
      guest.monitor("device_add virtio-9p-pci,fsdev=f0,mount_tag=share,id=p9");
      guest.await("the folder",
          () -> guest.tryToRun("grep -q share /sys/bus/virtio/devices/*/mount_tag").status() == 0);
      mount("none");
      assertEquals("20", in("/mnt", "ls -d d* | grep -v dangling | wc -l"));
      guest.run("umount /mnt");
    }
  }
}

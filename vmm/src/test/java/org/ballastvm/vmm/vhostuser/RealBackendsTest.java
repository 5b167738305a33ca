package org.ballastvm.vmm.vhostuser;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostFile;
import org.ballastvm.kvm.HostSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs that people have: a driver of this test's uses their devices, with no machine around it. */
class RealBackendsTest {
  private static final long VERSION_1 = 1L << 32;
  private static final long FLUSH = 1L << 9;
  private static final int SECTOR = 512;
  private static final int READ = 0;
  private static final int WRITE = 1;

  @TempDir
  Path directory;

  private final RingDriver driver = new RingDriver();
  private Process backend;
  private UserSession session;

  @AfterEach
  void end() throws Exception {
    if (session != null) {
      session.close();
    }
    driver.close();
    if (backend != null) {
      backend.destroy();
      assertTrue(backend.waitFor(20, TimeUnit.SECONDS), "the back-end stays");
    }
  }

  private static Path program(String... names) {
    List<Path> there = Stream.of(names).map(Path::of).filter(Files::isExecutable).toList();
    if (System.getenv("CI") != null) {
      Assertions.assertFalse(there.isEmpty(), "CI needs " + names[0]);
    }
    Assumptions.assumeTrue(!there.isEmpty(), "skipped: no " + names[0]);
    return there.getFirst();
  }

  private Path socket() { return directory.resolve("socket"); }

  private void start(List<String> command) throws Exception {
    backend = new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(directory.resolve("output").toFile()).start();
    session = new UserSession(connect(), UserConnection.PATIENCE);
  }

  /** It is not there at once; how long that takes is not what is tested. */
  private HostSocket connect() throws IOException, InterruptedException {
    while (true) {
      try {
        return HostSocket.connectUnix(socket());
      } catch (HostError notYet) {
        if (backend.waitFor(10, TimeUnit.MILLISECONDS)) {
          throw new AssertionError(Files.readString(directory.resolve("output")), notYet);
        }
      }
    }
  }

  private void startDisk(boolean writable) throws Exception {
    Path daemon = program("/usr/bin/qemu-storage-daemon");
    Path image = directory.resolve("disk.raw");
    try (HostFile file = HostFile.open(image, true)) {
      file.truncate(1 << 20);
    }
    start(List.of(daemon.toString(), "--blockdev", "driver=file,node-name=f,filename=" + image, "--blockdev",
        "driver=raw,node-name=d,file=f", "--export", "type=vhost-user-blk,id=e,node-name=d,writable="
            + (writable ? "on" : "off") + ",num-queues=2,addr.type=unix,addr.path=" + socket()));
  }

  private void begin(long features) {
    session.setFeatures(features);
    session.addRegion(driver.region);
    session.startQueue(driver.start(0));
  }

  private int request(int type, long sector) {
    driver.page(0).set(JAVA_INT, 0, type);
    driver.page(0).set(JAVA_LONG, 8, sector);
    driver.page(2).set(JAVA_BYTE, 0, (byte) 0xff);
    boolean write = type == WRITE;
    driver.offer(0, write ? new int[]{16, SECTOR} : new int[]{16}, write ? new int[]{1} : new int[]{SECTOR, 1});
    driver.awaitUsed();
    return driver.first(2);
  }

  @Test
  void aDiskOfQemuIsReadAndWritten() throws Exception {
    startDisk(true);
    assertEquals(2, session.queueCount().orElseThrow());
    assertTrue((session.features() & VERSION_1) != 0);
    assertEquals((1 << 20) / SECTOR,
        ByteBuffer.wrap(session.config(60)).order(ByteOrder.LITTLE_ENDIAN).getLong(0));

    begin(session.features() & (VERSION_1 | FLUSH));
    driver.fill(1, (byte) 42);
    assertEquals(0, request(WRITE, 7));
    driver.fill(1, (byte) 0);
    assertEquals(0, request(READ, 7));

    assertEquals(42, driver.first(1));
    assertEquals(42, Files.readAllBytes(directory.resolve("disk.raw"))[7 * SECTOR]);
    assertEquals(2, session.stopQueue(0));
  }

  @Test
  void aQueueGoesOnWhereItStopped() throws Exception {
    startDisk(true);
    begin(VERSION_1);
    assertEquals(0, request(READ, 0));
    int base = session.stopQueue(0);
    session.startQueue(driver.start(0, base));

    assertEquals(0, request(READ, 1));
    assertEquals(2, session.stopQueue(0));
  }

  @Test
  void memoryComesAndGoesWhileItIsUsed() throws Exception {
    startDisk(true);
    begin(VERSION_1);
    try (HostFile dimm = HostFile.memfd("dimm", OptionalLong.empty())) {
      dimm.truncate(2 << 20);
      SharedRegion region = new SharedRegion(0x10_0000_0000L, 2 << 20, dimm, 0);
      for (int i = 0; i < 40; i++) { // More often than there are slots.
        session.addRegion(region);
        assertEquals(0, request(READ, i));
        session.removeRegion(region);
        assertEquals(0, request(READ, i));
      }
    }
  }

  @Test
  void whatIsGivenBackIsGoneForTheBackendToo() throws Exception {
    startDisk(true);
    begin(VERSION_1);
    assertEquals(0, request(READ, 0));
    assertTrue(residentKiB() > 0);

    driver.file.punchHole(0, RingDriver.BYTES); // As a balloon does with shared memory.

    assertEquals(0, residentKiB());
    assertEquals(0, driver.file.allocatedBytes());
  }

  /** How much of the driver's memory the back-end has in its own. */
  private long residentKiB() throws IOException {
    long resident = 0;
    boolean guest = false;
    for (String line : Files.readAllLines(Path.of("/proc/" + backend.pid() + "/smaps"))) {
      guest = line.matches("[0-9a-f]+-.*") ? line.contains("memfd:guest") : guest;
      if (guest && line.startsWith("Rss:")) {
        resident += Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return resident;
  }

  @Test
  void aDiskThatIsReadOnlyRefusesWrites() throws Exception {
    startDisk(false);
    begin(VERSION_1);

    assertTrue(request(WRITE, 7) != 0);
    assertEquals(0, request(READ, 7));
  }

  @Test
  void theEndOfABackendIsOneSentence() throws Exception {
    startDisk(true);
    begin(VERSION_1);
    backend.destroyForcibly().waitFor();

    BackendError error = assertThrows(BackendError.class, () -> session.config(8));

    assertTrue(error.getMessage().contains("closed the connection")
        && error.getMessage().endsWith("VHOST_USER_GET_CONFIG"), error.getMessage());
  }

  @Test
  void aFolderOfVirtiofsdAnswersItsFirstMessage() throws Exception {
    Path daemon = program("/usr/libexec/virtiofsd", "/usr/lib/qemu/virtiofsd");
    Path shared = Files.createDirectory(directory.resolve("shared"));
    List<String> rest = daemon.startsWith("/usr/libexec")
        ? List.of("--shared-dir=" + shared, "--sandbox=none")
        : List.of("-f", "-o", "source=" + shared, "-o", "sandbox=chroot");
    start(Stream.concat(Stream.of(daemon.toString(), "--socket-path=" + socket()), rest.stream()).toList());
    session.setFeatures(VERSION_1);
    session.addRegion(driver.region);
    session.startQueue(driver.start(1)); // The first is for what interrupts others.

    ByteBuffer init = driver.page(0).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    init.putInt(56).putInt(26).putLong(77).putLong(0).putInt(0).putInt(0).putInt(0).putInt(0); // FUSE_INIT
    init.putInt(7).putInt(31).putInt(0x20000).putInt(0);
    driver.offer(0, new int[]{56}, new int[]{80});

    assertEquals(80, driver.awaitUsed());
    ByteBuffer answer = driver.page(1).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(0, answer.getInt(4));
    assertEquals(77, answer.getLong(8));
    assertEquals(7, answer.getInt(16));
  }
}

package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostMapping;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.ObjectModels;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of the discard table: what is given back is neither resident nor readable, and what is not stays. */
class MemoryBackendTest {
  private static final long PAGE = 4096;
  private static final int PAGES = 16;
  private static final long SIZE = PAGES * PAGE;
  private static final long HUGE = 2 << 20;
  private static final BackendConfig.Common PRIVATE = new BackendConfig.Common(false, false, true, false, true);
  private static final BackendConfig.Common SHARED = new BackendConfig.Common(true, false, true, false, true);

  @TempDir
  private static Path directory;

  static Stream<BackendConfig> everyKind() {
    return Stream.of(new BackendConfig.Ram("private", SIZE, PRIVATE), new BackendConfig.Ram("shared", SIZE, SHARED),
        new BackendConfig.Memfd("memfd", SIZE, SHARED, false, OptionalLong.empty()),
        new BackendConfig.Memfd("private-memfd", SIZE, PRIVATE, false, OptionalLong.empty()),
        new BackendConfig.File("file", SIZE, SHARED, directory.resolve("shared")),
        new BackendConfig.File("private-file", SIZE, PRIVATE, directory.resolve("private")),
        new BackendConfig.File("unnamed", SIZE, SHARED, directory),
        new BackendConfig.File("in-memory", SIZE, SHARED, Path.of("/dev/shm")));
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void whatIsDiscardedIsNeitherResidentNorReadable(BackendConfig kind) {
    try (MemoryBackend backend = MemoryBackend.open(kind)) {
      fill(backend);
      assertEquals(SIZE, backend.residentBytes());

      backend.discard(4 * PAGE, 3 * PAGE);

      assertEquals(1, backend.discardCalls());
      assertEquals(0, backend.mapping().residentBytes(4 * PAGE, 3 * PAGE));
      assertEquals(SIZE - 3 * PAGE, backend.residentBytes());
      for (int page = 0; page < PAGES; page++) {
        assertEquals(page >= 4 && page < 7 ? 0 : page + 1, firstByte(backend, page), "page " + page);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void whatWasDiscardedCanBeUsedAgain(BackendConfig kind) {
    try (MemoryBackend backend = MemoryBackend.open(kind)) {
      fill(backend);
      backend.discard(0, SIZE);
      assertEquals(0, backend.residentBytes());

      fill(backend);

      assertEquals(SIZE, backend.residentBytes());
      assertEquals(PAGES, firstByte(backend, PAGES - 1));
    }
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void aPartOfAPageIsNotDiscarded(BackendConfig kind) {
    try (MemoryBackend backend = MemoryBackend.open(kind)) {
      fill(backend);

      backend.discard(1, PAGE - 1);
      backend.discard(PAGE + 1, PAGE);

      assertEquals(SIZE, backend.residentBytes());
    }
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void noDiscardReachesPastTheEnd(BackendConfig kind) {
    try (MemoryBackend backend = MemoryBackend.open(kind)) {
      assertThrows(IndexOutOfBoundsException.class, () -> backend.discard(SIZE - PAGE, 2 * PAGE));
      assertThrows(IndexOutOfBoundsException.class, () -> backend.discard(-PAGE, PAGE));
    }
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void preallocatedMemoryIsResidentFromTheStart(BackendConfig kind) {
    BackendConfig.Common eager = new BackendConfig.Common(kind.common().share(), true, true, false, false);
    BackendConfig wanted = switch (kind) {
      case BackendConfig.Ram ram -> new BackendConfig.Ram(ram.id(), SIZE, eager);
      case BackendConfig.Memfd fd -> new BackendConfig.Memfd(fd.id(), SIZE, eager, false, OptionalLong.empty());
      case BackendConfig.File file -> new BackendConfig.File(file.id(), SIZE, eager, file.path());
    };
    try (MemoryBackend backend = MemoryBackend.open(wanted)) {
      assertEquals(SIZE, backend.residentBytes());
    }
  }

  @Test
  void preallocationTakesAsManyThreadsAsAreAskedFor() {
    BackendConfig config = parse("prealloc=on,prealloc-threads=3");
    assertEquals(3, config.common().preallocThreads());
    assertEquals(1, parse("prealloc=on").common().preallocThreads());
    try (MemoryBackend backend = MemoryBackend.open(config)) {
      assertEquals(config.sizeBytes(), backend.residentBytes());
    }
    UserError e = assertThrows(UserError.class, () -> parse("prealloc-threads=0"));
    assertTrue(e.getMessage().contains("prealloc-threads=0: must be a number from 1 to 16"), e.getMessage());
  }

  private static BackendConfig parse(String more) {
    return (BackendConfig) ObjectModels
        .parse(KeyValues.parse("-object", "memory-backend-ram,id=m,size=4M," + more, "qom-type"));
  }

  static Stream<BackendConfig> everyKindWithAFile() {
    return everyKind().filter(kind -> !(kind instanceof BackendConfig.Ram));
  }

  /** Private copies are not the file's, so a private mapping is filled through the file first. */
  @ParameterizedTest
  @MethodSource("everyKindWithAFile")
  void theFileBehindItShrinksByWhatIsDiscarded(BackendConfig kind) {
    try (MemoryBackend backend = MemoryBackend.open(kind)) {
      try (HostMapping file = HostMapping.ofFile(backend.file().orElseThrow(), 0, SIZE, true, false)) {
        file.chunk(0).fill((byte) 0x5a);
      }
      long before = backend.allocatedBytes().orElseThrow();

      backend.discard(8 * PAGE, 8 * PAGE);

      assertEquals(before - 8 * PAGE, backend.allocatedBytes().orElseThrow());
      assertEquals(0x5a, firstByte(backend, 7));
      assertEquals(0, firstByte(backend, 8));
    }
  }

  @Test
  void memoryThatTheHostWillNotTakeBackIsAnErrorThatSaysWhy() {
    BackendConfig kind = new BackendConfig.Memfd("sealed", SIZE, PRIVATE, false, OptionalLong.empty());
    try (MemoryBackend backend = MemoryBackend.open(kind)) {
      backend.file().orElseThrow().sealAgainstWrites();

      HostError e = assertThrows(HostError.class, () -> backend.discard(0, PAGE));

      assertEquals("fallocate PUNCH_HOLE memfd ballast-sealed: EPERM (not permitted)", e.getMessage());
    }
  }

  @Tag("hugetlb")
  @Test
  void ofHugePagesOnlyWholeOnesAreDiscarded() {
    try (MemoryBackend backend = openHuge(2 * HUGE)) {
      for (long at = 0; at < 2 * HUGE; at += PAGE) {
        backend.mapping().chunk(0).set(ValueLayout.JAVA_BYTE, at, (byte) 1);
      }

      backend.discard(PAGE, PAGE);
      backend.discard(HUGE - PAGE, HUGE);
      assertEquals(2 * HUGE, backend.residentBytes());

      backend.discard(HUGE - PAGE, HUGE + PAGE);
      assertEquals(HUGE, backend.residentBytes());
      assertEquals(1, backend.mapping().chunk(0).get(ValueLayout.JAVA_BYTE, HUGE - PAGE));
    }
  }

  @Test
  void whatTheGuestWritesToASharedFileIsInTheFile() throws IOException {
    Path path = directory.resolve("seen");
    try (MemoryBackend backend = MemoryBackend.open(new BackendConfig.File("f", SIZE, SHARED, path))) {
      fill(backend);
    }

    assertEquals(SIZE, Files.size(path));
    assertEquals(PAGES, Files.readAllBytes(path)[(PAGES - 1) * (int) PAGE]);
  }

  @Test
  void aFileThatIsTooShortIsRefused() throws IOException {
    Path path = Files.write(directory.resolve("short"), new byte[100]);

    UserError e = assertThrows(UserError.class,
        () -> MemoryBackend.open(new BackendConfig.File("f", SIZE, SHARED, path)));

    assertEquals(
        "-object memory-backend-file,id=f,mem-path=" + path + ": the file has 100 bytes, less than size=64 KiB",
        e.getMessage());
  }

  @Test
  void aPathThatLeadsNowhereIsNamed() {
    Path path = directory.resolve("missing/file");

    UserError e = assertThrows(UserError.class,
        () -> MemoryBackend.open(new BackendConfig.File("f", SIZE, SHARED, path)));

    assertEquals("-object memory-backend-file,id=f,mem-path=" + path + ": open " + path
        + ": ENOENT (no such file or directory)", e.getMessage());
  }

  @Test
  void hugePagesMustBeAskedForWhole() {
    UserError unasked = assertThrows(UserError.class,
        () -> new BackendConfig.Memfd("m", HUGE, SHARED, false, OptionalLong.of(HUGE)));
    UserError odd = assertThrows(UserError.class,
        () -> new BackendConfig.Memfd("m", HUGE, SHARED, true, OptionalLong.of(3 << 20)));

    assertTrue(unasked.getMessage().contains("add hugetlb=on"), unasked.getMessage());
    assertTrue(odd.getMessage().contains("hugetlbsize=3 MiB: must be a power of two"), odd.getMessage());
  }

  private static MemoryBackend openHuge(long sizeBytes) {
    return MemoryBackend.open(new BackendConfig.Memfd("huge", sizeBytes, SHARED, true, OptionalLong.of(HUGE)));
  }

  /** Every byte of a page is its number, from 1. */
  private static void fill(MemoryBackend backend) {
    MemorySegment memory = backend.mapping().chunk(0);
    for (int page = 0; page < PAGES; page++) {
      memory.asSlice(page * PAGE, PAGE).fill((byte) (page + 1));
    }
  }

  private static int firstByte(MemoryBackend backend, int page) {
    return backend.mapping().chunk(0).get(ValueLayout.JAVA_BYTE, page * PAGE);
  }
}

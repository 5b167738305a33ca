package org.ballastvm.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the cache is whole. */
class CacheTest {
  @TempDir
  Path directory;

  private Cache cache;
  private final AtomicInteger made = new AtomicInteger();

  @BeforeEach
  void emptyCache() { cache = new Cache(directory.resolve("cache")); }

  private Path entry() throws IOException {
    return cache.entry("kernels/x", List.of("vmlinuz"), work -> {
      made.incrementAndGet();
      Files.writeString(work.resolve("vmlinuz"), "kernel");
    });
  }

  @Test
  void anEntryIsMadeOnce() throws IOException {
    assertEquals(entry(), entry());
    assertEquals(1, made.get());
  }

  @Test
  void aFileThatChangedIsNotBelieved() throws IOException {
    Files.writeString(entry().resolve("vmlinuz"), "kern");
    assertEquals("kernel", Files.readString(entry().resolve("vmlinuz")));
    assertEquals(2, made.get());
  }

  /** A large file is not read: one that was written to has another date, if not another size. */
  @Test
  void aLargeFileThatWasWrittenToIsNotBelieved() throws IOException {
    Cache.Maker maker = work -> {
      made.incrementAndGet();
      Files.writeString(work.resolve("disk"), "blocks");
    };
    Path disk = cache.entry("disks/x", List.of(), List.of("disk"), maker).resolve("disk");
    cache.entry("disks/x", List.of(), List.of("disk"), maker);
    assertEquals(1, made.get());
    Files.setLastModifiedTime(disk, FileTime.fromMillis(1));
    cache.entry("disks/x", List.of(), List.of("disk"), maker);
    assertEquals(2, made.get());
    Files.delete(disk);
    cache.entry("disks/x", List.of(), List.of("disk"), maker);
    assertEquals(3, made.get());
  }

  @Test
  void whatIsRemovedIsMadeAnew() throws IOException {
    entry();
    cache.remove("kernels/x");
    cache.remove("kernels/x");
    entry();
    assertEquals(2, made.get());
  }

  /** As Ctrl-C does it, while the maker runs. */
  @Test
  void aMakerThatIsCutShortLeavesNothing() throws IOException {
    assertThrows(IOException.class, () -> cache.entry("kernels/x", List.of(), work -> {
      Files.writeString(work.resolve("vmlinuz"), "ker");
      Undo.all();
      assertFalse(Files.exists(work));
    }));
    assertEquals(List.of(), cache.entries("kernels"));
  }

  @Test
  void aMakerThatFailsLeavesNothing() throws IOException {
    assertThrows(IOException.class, () -> cache.entry("kernels/x", List.of(), work -> {
      Files.writeString(work.resolve("vmlinuz"), "ker");
      throw new IOException("the cable was pulled");
    }));
    try (Stream<Path> left = Files.list(cache.root())) {
      assertEquals(List.of(".lock"), left.map(file -> file.getFileName().toString()).toList());
    }
  }

  @Test
  void whatAKilledMakerLeftIsSwept() throws IOException {
    Path left = Fixtures.write(cache.root().resolve(".unfinished-1/vmlinuz"), new byte[1]);
    entry();
    assertFalse(Files.exists(left));
  }

  @Test
  void severalWhoWantTheSameWaitForOne() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      Callable<Path> want = this::entry;
      threads.invokeAll(List.of(want, want, want, want)).forEach(done -> assertTrue(done.isDone()));
    }
    assertEquals(1, made.get());
  }

  @Test
  void aWordIsRecalled() throws IOException {
    assertTrue(cache.recall("debian/cloud").isEmpty());
    cache.remember("debian/cloud", "6.1.0-1");
    cache.remember("debian/cloud", "6.1.0-2");
    assertEquals("6.1.0-2", cache.recall("debian/cloud").orElseThrow());
  }
}

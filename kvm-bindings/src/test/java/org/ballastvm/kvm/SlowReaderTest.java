package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.ballastvm.kvm.generated.Host;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever is slow to read what is written keeps no writer waiting. */
@Timeout(60)
class SlowReaderTest {
  private static final String TEXT = "all work and no play ";
  private static final int MOST_WRITES = 20_000;

  /** What the child runs with a terminal as its standard output. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) {
      try (HostStream out = HostStream.standardOutput()) {
        System.err.println("written: " + (fill(out) > 0));
      }
    }
  }

  /** Writes until there is no room; how much that was. */
  private static long fill(HostStream out) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(TEXT).asSlice(0, TEXT.length());
      long written = 0;
      for (int writes = 0; writes < MOST_WRITES; writes++) {
        int now = out.write(text.asSlice(written % TEXT.length()));
        if (now == HostSocket.WOULD_BLOCK) {
          return written;
        }
        if (now < 0) {
          throw new IllegalStateException("the reader is gone");
        }
        written += now;
      }
      throw new IllegalStateException("there is room without end");
    }
  }

  @Test
  void aTerminalAsStandardOutputThatNobodyReads() throws Exception {
    try (HostStream pty = HostStream.openPty(); HostFile line = HostFile.open(pty.ptyPath(), false)) {
      Process child = ChildJvm.of(Writer.class, List.of(ChildJvm.ALLOW_BOTH)).redirectErrorStream(false)
          .redirectOutput(pty.ptyPath().toFile()).start();
      try (BufferedReader output = child.errorReader()) {
        assertEquals("written: true", output.readLine());
        assertEquals(0, child.waitFor());
        assertTrue(line.fd() > 0, "the terminal outlives its writer");
      } finally {
        child.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void whereNothingCanBeOpenedAnewAThreadWaitsAndKeepsTheOrder() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
      HostError.check(CALLS.syscall(Host.SYS_pipe2(), ends.address(), Host.O_CLOEXEC()), "pipe2");
      int reader = ends.getAtIndex(ValueLayout.JAVA_INT, 0);
      HostStream out = HostStream.through(Relay.to(ends.getAtIndex(ValueLayout.JAVA_INT, 1), "a pipe"), "a pipe");
      long written = fill(out);

      MemorySegment read = arena.allocate(written);
      for (long done = 0; done < written;) {
        done += CALLS.syscall(Host.SYS_read(), reader, read.asSlice(done).address(), written - done);
      }
      out.close();
      String text = new String(read.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
      assertEquals(TEXT.repeat((int) (written / TEXT.length() + 1)).substring(0, (int) written), text);
      CALLS.syscall(Host.SYS_close(), reader);
    }
  }

  @Test
  void aReaderThatGoesIsTheEnd() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
      HostError.check(CALLS.syscall(Host.SYS_pipe2(), ends.address(), Host.O_CLOEXEC()), "pipe2");
      CALLS.syscall(Host.SYS_close(), ends.getAtIndex(ValueLayout.JAVA_INT, 0));
      try (
          HostStream out = HostStream.through(Relay.to(ends.getAtIndex(ValueLayout.JAVA_INT, 1), "a pipe"), "a pipe")) {
        MemorySegment one = arena.allocate(1);
        int outcome = out.write(one);
        while (outcome != HostSocket.END) {
          outcome = out.write(one);
        }
        assertEquals(Errno.EPIPE, out.failure());
      }
    }
  }
}

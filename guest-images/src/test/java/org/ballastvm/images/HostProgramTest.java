package org.ballastvm.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.ballastvm.images.HostProgram.Outcome;
import org.junit.jupiter.api.Test;

/** A program of this host, as it is run to make something. */
class HostProgramTest {
  private static final Path HERE = Path.of("/");

  @Test
  void itsLinesAreHeardAsTheyComeAndItsStatusAtTheEnd() throws IOException {
    List<String> heard = new ArrayList<>();
    Outcome outcome = new HostProgram(HERE, Map.of("WORD", "hello"), heard::add)
        .run(List.of("sh", "-c", "echo $WORD; echo 'E: no room' >&2; echo bye; exit 3"));

    assertEquals(List.of("hello", "E: no room", "bye"), heard);
    assertEquals(3, outcome.status());
    assertTrue(outcome.failed());
    assertEquals("E: no room", outcome.complaint());
  }

  @Test
  void whoMarksNoErrorComplainsInTheLastLine() throws IOException {
    assertEquals("two", HostProgram.in(HERE).run(List.of("sh", "-c", "echo one; echo two")).complaint());
  }

  @Test
  void whatIsNotThereCannotBeRun() {
    assertThrows(IOException.class, () -> HostProgram.in(HERE).run(List.of("no-such-program")));
  }

  @Test
  void itDoesNotOutliveTheJvm() throws Exception {
    BlockingQueue<String> pid = new ArrayBlockingQueue<>(1);
    BlockingQueue<Outcome> ended = new ArrayBlockingQueue<>(1);
    Thread.ofPlatform().start(() -> {
      try {
        ended.add(new HostProgram(HERE, Map.of(), pid::add).run(List.of("sh", "-c", "echo $$; exec sleep 1000")));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    });
    ProcessHandle program = ProcessHandle.of(Long.parseLong(pid.poll(30, TimeUnit.SECONDS))).orElseThrow();
    Undo.all();

    assertEquals(143, ended.poll(30, TimeUnit.SECONDS).status());
    assertFalse(program.isAlive());
  }

  @Test
  void theLastIsUndoneFirst() {
    List<String> undone = new ArrayList<>();
    Undo.atExit(() -> undone.add("directory"));
    Undo closed = Undo.atExit(() -> undone.add("closed"));
    Undo.atExit(() -> {
      undone.add("program");
      throw new IOException("it hangs");
    });
    closed.close();
    Undo.all();
    Undo.all();

    assertEquals(List.of("program", "directory"), undone);
  }
}

package org.ballastvm.testkit.coverage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What gcc 12's gcov said of two objects that include the same header. */
class GcovOutputTest {
  private static final Path SAMPLE = Path.of("src", "test", "resources", "coverage", "two-objects.json");

  private static Tracefile sample() throws IOException {
    try (InputStream output = Files.newInputStream(SAMPLE)) {
      return GcovOutput.read(output);
    }
  }

  @Test
  void pathsStartWhereTheCompilerWas() throws IOException {
    assertEquals("[/home/dev/drv/a.c, /home/dev/drv/b.c, /home/dev/drv/half.h]",
        sample().sources().keySet().toString());
  }

  @Test
  void aHeaderHasTheCountsOfAllThatIncludeIt() throws IOException {
    CoveredSource header = sample().source("drv/half.h");
    assertEquals(Map.of(1, 4L, 3, 4L), header.lines());
    assertEquals(Map.of("half", new CoveredSource.Function(1, 4)), header.functions());
  }

  @Test
  void whatNeverRanIsKnownToBeThere() throws IOException {
    CoveredSource source = sample().source("a.c");
    assertEquals(Map.of(3, 0L, 5, 0L, 7, 1L, 9, 1L), source.lines());
    assertEquals(2, source.linesHit());
    assertEquals(1, source.functionsHit());
    assertEquals(CoveredSource.EMPTY, sample().source("lf.h"));
  }

  @Test
  void itIsWrittenAsLcovReadsIt() throws IOException {
    String text = sample().text("BalloonIT.inflates");
    assertTrue(text.startsWith("""
        TN:BalloonIT_inflates
        SF:/home/dev/drv/a.c
        FN:7,main
        FN:3,never
        FNDA:1,main
        FNDA:0,never
        FNF:2
        FNH:1
        DA:3,0
        DA:5,0
        DA:7,1
        DA:9,1
        LF:4
        LH:2
        end_of_record
        TN:BalloonIT_inflates
        SF:/home/dev/drv/b.c
        """), text);
  }

  @Test
  void otherThingsAreNoCoverage() {
    for (String other : new String[]{"[1]", "{\"files\": 1}", "{\"files\": [{\"lines\": [3]}]}", "{\"files\": [",
        "3"}) {
      InputStream output = new ByteArrayInputStream(other.getBytes(StandardCharsets.UTF_8));
      assertThrows(IOException.class, () -> GcovOutput.read(output), other);
    }
  }
}

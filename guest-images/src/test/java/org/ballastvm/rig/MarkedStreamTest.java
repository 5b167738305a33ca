package org.ballastvm.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkedStreamTest {
  private static final String TOKEN = "1234abcd";

  private final CompletableFuture<Integer> status = new CompletableFuture<>();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 9, 10, 1000})
  void whatStandsBeforeTheMarkIsTheProgramsHoweverThePortCutsIt(int pieceBytes) throws IOException {
    InputStream port = inPieces("some\u0001words\u00011234abcX\u0001" + TOKEN + " 137\n", pieceBytes);
    try (MarkedStream stream = new MarkedStream(port, TOKEN, status)) {
      assertEquals("some\u0001words\u00011234abcX", new String(stream.readAllBytes(), StandardCharsets.US_ASCII));
      assertEquals(137, status.join());
    }
  }

  @Test
  void aPortThatEndsBeforeTheMarkIsTheEndOfTheRig() throws IOException {
    try (MarkedStream stream = new MarkedStream(inPieces("words", 5), TOKEN, status)) {
      assertThrows(EOFException.class, stream::readAllBytes);
      assertTrue(status.isCompletedExceptionally());
    }
  }

  private static InputStream inPieces(String text, int pieceBytes) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, pieceBytes));
      }
    };
  }
}

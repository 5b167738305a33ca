package org.ballastvm.images;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A script of this module. */
final class Script {
  private Script() {}

  static String text(String name) {
    try (InputStream in = Script.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the module's own " + name, e);
    }
  }
}

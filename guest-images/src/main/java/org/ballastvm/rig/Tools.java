package org.ballastvm.rig;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What rigs are made with: scripts of this module. */
final class Tools {
  private Tools() {}

  /** {@return the text of one of this module's scripts} */
  static String resource(String name) {
    try (InputStream in = Tools.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the module's own " + name, e);
    }
  }
}

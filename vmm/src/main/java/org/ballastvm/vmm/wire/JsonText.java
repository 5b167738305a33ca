package org.ballastvm.vmm.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ballastvm.vmm.config.UserError;

/** JSON that people read and write. */
public final class JsonText {
  private JsonText() {}

  /**
   * Writes, a member a line.
   *
   * @param value what a command answers
   * @return the text, without a line feed at its end
   */
  public static String of(Object value) { return JsonOutput.indented(value); }

  /**
   * A value.
   *
   * @param text one value
   * @return it, as {@link JsonInput.Reader} has it
   * @throws UserError if it is no JSON, or more than one value
   */
  public static Object parse(String text) {
    List<Object> found = read(text, "");
    if (found.size() != 1) {
      throw new UserError("JSON parse error, expecting value");
    }
    return found.getFirst();
  }

  /**
   * An object.
   *
   * @param what it is for, for errors
   * @param text one JSON object
   * @return its members, as {@link JsonInput.Reader} has them
   * @throws UserError if it is no object, or more than one
   */
  public static Map<String, Object> object(String what, String text) {
    List<Object> found = read(text, what + " " + text + ": ");
    if (found.size() != 1 || !(found.getFirst() instanceof Map<?, ?> object)) {
      throw new UserError(what + " " + text + ": must be one JSON object, with all its brackets");
    }
    @SuppressWarnings("unchecked") // JSON's objects have names for keys
    Map<String, Object> members = (Map<String, Object>) object;
    return members;
  }

  private static List<Object> read(String text, String what) {
    List<Object> found = new ArrayList<>();
    JsonInput input = new JsonInput(new JsonInput.Reader() {
      @Override
      public void value(Object json) { found.add(json); }

      @Override
      public void broken(String why) { throw new UserError(what + "JSON parse error, " + why); }
    });
    byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
    input.read(bytes, 0, bytes.length);
    return found;
  }
}

package org.ballastvm.vmm.config;

import java.nio.file.Path;
import java.util.Optional;

/** {@code -chardev}, and the older words that {@code -serial} and {@code -monitor} take. */
public final class ChardevOptions {
  private static final int MOST_PORT = 65535;

  private ChardevOptions() {}

  /**
   * {@code -chardev}.
   *
   * @param text what stands behind it
   * @return the chardev
   * @throws UserError for what makes no sense
   */
  public static ChardevConfig parse(String text) {
    KeyValues values = KeyValues.parse("-chardev", text, "backend");
    String backend = values.require("backend");
    String id = values.require("id");
    boolean mux = values.takeBoolean("mux", false);
    return switch (backend) {
      case "stdio" -> stdio(values, id, mux);
      case "socket" -> socket(values, id, mux);
      case "null" -> finish(values, new ChardevConfig.Null(id, mux), "id, mux");
      case "file" -> file(values, id, mux);
      case "pty" -> finish(values, new ChardevConfig.Pty(id, mux), "id, mux");
      default -> throw new UserError(
          "-chardev " + backend + ": there is no such backend; there are stdio, socket, null, file, pty");
    };
  }

  /**
   * Where a debugger's client comes: as {@link #parseOld}, but that a socket is listened at unless its options say otherwise.
   *
   * @param option for errors
   * @param text what stands behind it
   * @param id of the chardev
   * @return the chardev
   * @throws UserError for what makes no sense
   */
  public static ChardevConfig parseDebugger(String option, String text, String id) {
    boolean socket = text.startsWith("tcp:") || text.startsWith("unix:");
    boolean saysRole = text.contains(",server") || text.contains(",client");
    return parseOld(option, socket && !saysRole ? text + ",server=on,wait=off" : text, id, false);
  }

  /**
   * The older words: {@code unix:PATH}, {@code tcp:HOST:PORT}, {@code stdio}.
   *
   * @param option for errors
   * @param text what stands behind it
   * @param id of the chardev
   * @param mux shared by several frontends
   * @return the chardev
   * @throws UserError for what makes no sense
   */
  public static ChardevConfig parseOld(String option, String text, String id, boolean mux) {
    String kind = text.contains(":") ? text.substring(0, text.indexOf(':')) : text;
    String rest = text.contains(":") ? text.substring(text.indexOf(':') + 1) : "";
    if (text.contains(":") && (rest.isEmpty() || rest.startsWith(","))) {
      throw malformed(option, text);
    }
    return switch (kind) {
      case "stdio" -> new ChardevConfig.Stdio(id, mux, !mux);
      case "null" -> new ChardevConfig.Null(id, mux);
      case "pty" -> new ChardevConfig.Pty(id, mux);
      case "file" -> file(KeyValues.parse(option, "path=" + rest, "path"), id, mux);
      case "unix" -> unix(KeyValues.parse(option, "path=" + rest, "path"), id, mux);
      case "tcp", "telnet" -> tcp(option, kind, rest, id, mux);
      default -> throw malformed(option, text);
    };
  }

  private static UserError malformed(String option, String text) {
    return new UserError(option + " " + text
        + ": must be stdio, mon:stdio, unix:PATH, tcp:HOST:PORT, telnet:HOST:PORT, file:PATH, pty, null, none or chardev:ID");
  }

  private static ChardevConfig tcp(String option, String kind, String rest, String id, boolean mux) {
    int comma = rest.indexOf(',');
    String place = comma < 0 ? rest : rest.substring(0, comma);
    int colon = place.lastIndexOf(':');
    if (colon < 0) {
      throw new UserError(option + " " + kind + ":" + rest + ": must be " + kind + ":HOST:PORT");
    }
    String options = "host=" + place.substring(0, colon) + ",port=" + place.substring(colon + 1)
        + (kind.equals("telnet") ? ",telnet=on" : "") + (comma < 0 ? "" : rest.substring(comma));
    return tcp(KeyValues.parse(option, options, "host"), id, mux);
  }

  private static ChardevConfig file(KeyValues values, String id, boolean mux) {
    Path path = Path.of(values.require("path"));
    boolean append = values.takeBoolean("append", false);
    return finish(values, new ChardevConfig.File(id, mux, path, append), "id, mux, path, append");
  }

  private static ChardevConfig stdio(KeyValues values, String id, boolean mux) {
    boolean signal = values.takeBoolean("signal", !mux);
    return finish(values, new ChardevConfig.Stdio(id, mux, signal), "id, mux, signal");
  }

  private static ChardevConfig socket(KeyValues values, String id, boolean mux) {
    return values.take("path").map(path -> unix(values, id, mux, Path.of(path))).orElseGet(() -> tcp(values, id, mux));
  }

  private static ChardevConfig unix(KeyValues values, String id, boolean mux) {
    return unix(values, id, mux, Path.of(values.require("path")));
  }

  private static ChardevConfig unix(KeyValues values, String id, boolean mux, Path path) {
    boolean server = values.takeBoolean("server", false);
    boolean wait = takeWait(values, server);
    return finish(values, new ChardevConfig.Unix(id, mux, path, server, wait), "id, mux, path, server, wait");
  }

  private static ChardevConfig tcp(KeyValues values, String id, boolean mux) {
    String host = values.take("host")
        .orElseThrow(() -> values.error("parameter 'path' is missing, or 'host' and 'port'"));
    int port = values.takeInt("port", 0, MOST_PORT)
        .orElseThrow(() -> values.error("parameter 'port' is missing"));
    boolean server = values.takeBoolean("server", false);
    boolean wait = takeWait(values, server);
    values.takeBoolean("nodelay", true);
    boolean telnet = values.takeBoolean("telnet", false);
    return finish(values, new ChardevConfig.Tcp(id, mux, host, port, server, wait, telnet),
        "id, mux, host, port, server, wait, telnet");
  }

  private static boolean takeWait(KeyValues values, boolean server) {
    boolean noWait = values.takeBoolean("nowait", false);
    return values.takeBoolean("wait", server && !noWait);
  }

  private static ChardevConfig finish(KeyValues values, ChardevConfig config, String allowed) {
    Optional<Path> log = values.take("logfile").map(Path::of);
    boolean append = values.takeBoolean("logappend", false);
    values.refuseRest(allowed + ", logfile, logappend");
    return log.isPresent() ? new ChardevConfig.Logged(config, log.get(), append) : config;
  }
}

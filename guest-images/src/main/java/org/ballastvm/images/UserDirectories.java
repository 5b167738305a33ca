package org.ballastvm.images;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where a user's files of Ballast are. Source: XDG Base Directory Specification 0.8; a variable that does not hold an absolute
 * path counts as not set, as it says.
 */
public final class UserDirectories {
  private static final String BALLAST = "ballast";

  private UserDirectories() {}

  /**
   * Where what can be made again is kept.
   *
   * @param environment of the process
   * @return {@code $XDG_CACHE_HOME/ballast}, or {@code ~/.cache/ballast}; it need not exist
   */
  public static Path cache(Map<String, String> environment) {
    return orBelowHome(environment, "XDG_CACHE_HOME", ".cache");
  }

  /**
   * Where what should outlive a process is kept.
   *
   * @param environment of the process
   * @return {@code $XDG_STATE_HOME/ballast}, or {@code ~/.local/state/ballast}; it need not exist
   */
  public static Path state(Map<String, String> environment) {
    return orBelowHome(environment, "XDG_STATE_HOME", ".local/state");
  }

  /**
   * Where sockets and entries of processes that run are.
   *
   * @param environment of the process
   * @return {@code $XDG_RUNTIME_DIR/ballast}, or {@code run} in the {@link #cache} for who has no session; it need not exist
   */
  public static Path runtime(Map<String, String> environment) {
    Path session = absolute(environment, "XDG_RUNTIME_DIR");
    return session != null ? session.resolve(BALLAST) : cache(environment).resolve("run");
  }

  private static Path orBelowHome(Map<String, String> environment, String variable, String usual) {
    Path given = absolute(environment, variable);
    Path base = given != null ? given : Path.of(System.getProperty("user.home"), usual).toAbsolutePath();
    return base.resolve(BALLAST);
  }

  /** Every start comes here: plain words, which need no lambdas. */
  private static Path absolute(Map<String, String> environment, String variable) {
    String value = environment.get(variable);
    return value != null && value.startsWith("/") ? Path.of(value) : null;
  }
}

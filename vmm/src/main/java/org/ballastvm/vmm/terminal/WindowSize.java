package org.ballastvm.vmm.terminal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jline.utils.Signals;

/** Reports when the terminal of this process has another size: SIGWINCH, which a process has one handler for. */
public final class WindowSize {
  private static final List<Runnable> FOLLOWERS = new CopyOnWriteArrayList<>();

  private WindowSize() {}

  /**
   * Has somebody hear of each change from now on.
   *
   * @param follower runs on a thread of its own, and looks at the size itself
   */
  public static void follow(Runnable follower) {
    FOLLOWERS.add(follower);
    Signals.register("WINCH", WindowSize::changed); // Again is harmless.
  }

  /**
   * Has somebody hear no more.
   *
   * @param follower who was
   */
  public static void forget(Runnable follower) { FOLLOWERS.remove(follower); }

  private static void changed() { FOLLOWERS.forEach(Runnable::run); }
}

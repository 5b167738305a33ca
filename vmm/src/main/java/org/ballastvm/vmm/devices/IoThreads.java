package org.ballastvm.vmm.devices;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.ballastvm.vmm.config.IoThreadConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.Turns;

/** The threads that users made for devices, by id. Confined to the event loop once the machine runs. */
public final class IoThreads implements AutoCloseable {
  private final Map<String, IoThread> threads = new LinkedHashMap<>();
  private final Consumer<Throwable> crashed;

  public IoThreads(Consumer<Throwable> crashed) { this.crashed = crashed; }

  /**
   * Starts a thread.
   *
   * @param config what was asked for; its id is not taken
   */
  public void create(IoThreadConfig config) { threads.put(config.id(), new IoThread(config, crashed)); }

  /** {@return whether there is one of that id} */
  boolean has(String id) { return threads.containsKey(id); }

  /**
   * Ends a thread.
   *
   * @param id which
   * @throws UserError if a device uses it
   */
  void delete(String id) {
    IoThread thread = threads.get(id);
    if (!thread.user().isEmpty()) {
      throw new UserError("object '" + id + "' is in use, can not be deleted: " + thread.user() + " has it");
    }
    threads.remove(id);
    thread.close();
  }

  /**
   * Lets a device use a thread, until it closes what it is given.
   *
   * @param id which
   * @param user who, for people
   * @return where it does its work
   * @throws UserError if there is none of that id
   */
  Turns use(String id, String user) {
    require(id);
    return threads.get(id).use(user);
  }

  /**
   * Lets a device hear its doorbells on a thread, until it leaves.
   *
   * @param id which
   * @param user who, for people
   * @return the thread's loop
   * @throws UserError if there is none of that id
   */
  EventLoop hear(String id, String user) {
    require(id);
    return threads.get(id).hear(user);
  }

  /** A device is gone that heard its doorbells on a thread. */
  void leave(String id, String user) {
    if (has(id)) {
      threads.get(id).leave(user);
    }
  }

  /** Refuses an id that is none of a thread. */
  void require(String id) {
    if (!has(id)) {
      throw new UserError(UserError.Kind.DEVICE_NOT_FOUND,
          "iothread=" + id + ": there is no such object; it must be the id of an iothread");
    }
  }

  /** {@return all of them, in the order of their creation} */
  public List<IoThread> all() {
    return List.copyOf(threads.values());
  }

  /** Ends all threads. */
  @Override
  public void close() {
    new ArrayList<>(threads.values()).forEach(IoThread::close);
    threads.clear();
  }
}

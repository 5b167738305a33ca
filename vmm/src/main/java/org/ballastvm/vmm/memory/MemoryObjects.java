package org.ballastvm.vmm.memory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.UserError;

/**
 * The memory backends of a machine by id: each is there from its creation to its deletion, and has at most one user.
 * Confined to the event loop once the machine runs.
 */
public final class MemoryObjects implements AutoCloseable {
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** A backend and who uses it. */
  public static final class Entry {
    private final MemoryBackend backend;
    private Optional<String> user = Optional.empty();

    private Entry(MemoryBackend backend) { this.backend = backend; }

    /** {@return the memory} */
    public MemoryBackend backend() { return backend; }

    /** {@return who uses it, for people; empty if nobody does} */
    public Optional<String> user() { return user; }
  }

  /**
   * Creates a backend.
   *
   * @param config what was asked for
   * @throws UserError if its id is taken, or it cannot be
   * @throws org.ballastvm.kvm.HostError if the host refuses
   */
  public void create(BackendConfig config) {
    if (entries.containsKey(config.id())) {
      throw new UserError("object '" + config.id() + "' exists already; every id must be unique");
    }
    entries.put(config.id(), new Entry(MemoryBackend.open(config)));
  }

  /**
   * Deletes a backend.
   *
   * @param id which
   * @throws UserError if there is none of that id, or somebody uses it
   */
  public void delete(String id) {
    Entry entry = entries.get(id);
    if (entry == null) {
      throw new UserError("object '" + id + "' not found");
    }
    if (entry.user.isPresent()) {
      throw new UserError("object '" + id + "' is in use, can not be deleted: " + entry.user.get() + " has it");
    }
    entries.remove(id);
    entry.backend.close();
  }

  /**
   * Takes a backend into use.
   *
   * @param id which
   * @param user who, for people: {@code device dimm1}
   * @return the memory
   * @throws UserError if there is none of that id, or somebody uses it
   */
  public MemoryBackend claim(String id, String user) {
    Entry entry = entries.get(id);
    if (entry == null) {
      throw new UserError(UserError.Kind.DEVICE_NOT_FOUND,
          "memdev=" + id + ": there is no such object; it must be the id of a memory-backend-*");
    }
    if (entry.user.isPresent()) {
      throw new UserError("memdev=" + id + ": can't use already busy memdev: " + entry.user.get() + " has it");
    }
    entry.user = Optional.of(user);
    return entry.backend;
  }

  /**
   * Uses a backend no more.
   *
   * @param id which
   */
  public void release(String id) {
    Entry entry = entries.get(id);
    if (entry != null) {
      entry.user = Optional.empty();
    }
  }

  /** {@return all of them, in the order of their creation} */
  public List<Entry> all() {
    return List.copyOf(entries.values());
  }

  /** Gives all memory back. */
  @Override
  public void close() {
    new ArrayList<>(entries.values()).reversed().forEach(entry -> entry.backend.close());
    entries.clear();
  }
}

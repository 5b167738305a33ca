package org.ballastvm.vmm.devices;

import java.util.List;
import java.util.stream.Stream;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.IoThreadConfig;
import org.ballastvm.vmm.config.ObjectConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.memory.MemoryObjects;
import org.ballastvm.vmm.net.Netdevs;

/**
 * The objects that users make for devices. Confined to the event loop once the machine runs.
 *
 * @param memory memory backends
 * @param threads threads
 * @param folders folders of the host
 * @param netdevs other ends of network cards' wires, whose ids are their own
 */
public record UserObjects(MemoryObjects memory, IoThreads threads, Folders folders, Netdevs netdevs)
    implements
      AutoCloseable {
  /**
   * Creates an object.
   *
   * @param wanted what
   * @throws UserError if its id is taken, or it cannot be
   * @throws org.ballastvm.kvm.HostError if the host refuses
   */
  public void create(ObjectConfig wanted) {
    if (ids().contains(wanted.id())) {
      throw new UserError("object '" + wanted.id() + "' exists already; every id must be unique");
    }
    wanted.visit(new ObjectConfig.Visitor() {
      @Override
      public void memory(BackendConfig config) { memory.create(config); }

      @Override
      public void thread(IoThreadConfig config) { threads.create(config); }
    });
  }

  /**
   * Deletes an object.
   *
   * @param id which
   * @throws UserError if there is none of that id, or somebody uses it
   */
  public void delete(String id) {
    if (threads.has(id)) {
      threads.delete(id);
    } else {
      memory.delete(id);
    }
  }

  /** {@return the ids of all of them: memory first, each in the order of their creation} */
  public List<String> ids() {
    return Stream.concat(memory.all().stream().map(entry -> entry.backend().config().id()),
        threads.all().stream().map(thread -> thread.config().id())).toList();
  }

  @Override
  public void close() {
    netdevs.close();
    threads.close();
    memory.close();
  }
}

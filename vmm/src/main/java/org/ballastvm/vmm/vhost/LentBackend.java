package org.ballastvm.vmm.vhost;

import java.util.List;
import java.util.function.Consumer;
import org.ballastvm.vmm.memory.MemoryRegion;

/**
 * A back-end that outlives the device that uses it, for its next one: closing this leaves it open.
 *
 * @param owner the back-end itself
 */
public record LentBackend(Backend owner) implements Backend {
  @Override
  public long features() { return owner.features(); }

  @Override
  public void memory(List<MemoryRegion> regions) { owner.memory(regions); }

  @Override
  public void start(BackendRing ring) { owner.start(ring); }

  @Override
  public int stop(int queue) { return owner.stop(queue); }

  @Override
  public void whenFailed(Consumer<String> listener) { owner.whenFailed(listener); }

  @Override
  public void close() {
    owner.whenFailed(why -> {
      // Nobody uses it.
    });
  }
}

package org.ballastvm.vmm.vhost;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.memory.MemoryRegion;

/** A back-end that writes down what it is told. */
final class FakeBackend implements Backend {
  final List<String> calls = new ArrayList<>();
  final Map<Integer, BackendRing> rings = new TreeMap<>();
  List<MemoryRegion> table = List.of();
  int mostRegions = 8;
  boolean refuses;
  private Consumer<String> listener;

  List<String> takeCalls() {
    List<String> taken = List.copyOf(calls);
    calls.clear();
    return taken;
  }

  void fail(String why) { listener.accept(why); }

  @Override
  public long features() { return 1; }

  @Override
  public void memory(List<MemoryRegion> regions) {
    if (regions.size() > mostRegions) {
      throw new UserError(regions.size() + " regions");
    }
    if (refuses) {
      throw new HostError("memory", Errno.ENOMEM);
    }
    calls.add("memory of " + regions.size());
    table = regions;
  }

  @Override
  public void start(BackendRing ring) {
    if (refuses) {
      throw new HostError("start", Errno.EIO);
    }
    calls.add("start " + ring.queue());
    rings.put(ring.queue(), ring);
  }

  @Override
  public int stop(int queue) {
    calls.add("stop " + queue);
    rings.remove(queue);
    return 7;
  }

  @Override
  public void whenFailed(Consumer<String> who) { listener = who; }

  @Override
  public void close() { calls.add("close"); }
}

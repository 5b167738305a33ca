package org.ballastvm.vmm.monitor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.RunState;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.bus.BusDevice;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.pci.HostBridge;

/** A machine of 1 GiB with a balloon, which writes down what is done to it. */
final class FakeVm implements VmControl {
  static final long MIB = 1L << 20;
  private static final long MEMORY_BYTES = 1024 * MIB;

  final List<String> done = new ArrayList<>();
  RunState state = RunState.RUNNING;
  boolean hasBalloon = true;
  long balloonPages;

  @Override
  public RunState state() { return state; }

  @Override
  public boolean ended() { return done.contains("quit"); }

  @Override
  public void pause() { done.add("pause"); }

  @Override
  public void resume() {
    if (state == RunState.SHUTDOWN) {
      throw new IllegalStateException("Resetting the Virtual Machine is required");
    }
    done.add("resume");
  }

  @Override
  public void reset() { done.add("reset"); }

  @Override
  public void powerButton() { done.add("power button"); }

  @Override
  public void quit() { done.add("quit"); }

  @Override
  public long baseMemoryBytes() { return MEMORY_BYTES; }

  @Override
  public Optional<Balloon> balloon() { return hasBalloon ? Optional.of(new FakeBalloon()) : Optional.empty(); }

  @Override
  public List<Cpu> cpus() { return List.of(new Cpu(0, 4711), new Cpu(1, 4712)); }

  @Override
  public List<PciPlace> pci() { return List.of(new PciPlace(0, "", new HostBridge())); }

  @Override
  public List<GuestLayout.Range> ram() { return GuestLayout.of(MemoryConfig.of(MEMORY_BYTES)).memory(); }

  @Override
  public AddressBus memory() { return new AddressBus("memory", Long.MAX_VALUE); }

  @Override
  public AddressBus ports() {
    AddressBus ports = new AddressBus("I/O", 0x1_0000);
    ports.map(new Silent(), "serial", 0x3f8, 8);
    return ports;
  }

  private final class FakeBalloon implements Balloon {
    @Override
    public long actualPages() { return balloonPages; }

    @Override
    public void setTarget(long pages) { done.add("balloon takes " + (pages << 12) / MIB + " MiB"); }
  }

  private static final class Silent implements BusDevice {
    @Override
    public long read(long offset, int sizeBytes) { return 0; }

    @Override
    public void write(long offset, int sizeBytes, long value) {
      // Silent.
    }
  }
}

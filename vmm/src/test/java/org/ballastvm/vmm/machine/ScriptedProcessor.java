package org.ballastvm.vmm.machine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.ballastvm.kvm.Exit;
import org.ballastvm.kvm.Processor;
import org.ballastvm.kvm.WriteTaker;

/** A processor whose exits are a script; at its end the guest computes until it is kicked. */
final class ScriptedProcessor implements Processor {
  private final Deque<Supplier<Exit>> script = new ArrayDeque<>();
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private Runnable atDevice = () -> {
    // No device.
  };
  private volatile Thread thread;
  private volatile boolean kicked;

  ScriptedProcessor(List<Supplier<Exit>> exits) { script.addAll(exits); }

  /** One whose guest has a device at each exit. */
  ScriptedProcessor(Runnable atDevice) {
    this(List.of(() -> Exit.Simple.INTERRUPTED));
    this.atDevice = atDevice;
  }

  /** One that computes from the start. */
  ScriptedProcessor() { this(List.of()); }

  /** What was asked of it, in its order: runs, stops noted, closed. */
  List<String> calls() { return calls; }

  Thread thread() { return thread; }

  @Override
  public void bindToCurrentThread() { thread = Thread.currentThread(); }

  @Override
  public int threadId() { return 0; }

  @Override
  public Exit run() {
    calls.add("run");
    if (!script.isEmpty()) {
      return script.remove().get();
    }
    while (!kicked) {
      LockSupport.park(this);
    }
    return Exit.Simple.INTERRUPTED;
  }

  @Override
  public void takeCoalesced(WriteTaker taker) { atDevice.run(); }

  @Override
  public void kick() {
    kicked = true;
    LockSupport.unpark(thread);
  }

  @Override
  public void clearKick() { kicked = false; }

  @Override
  public void noteStopped() { calls.add("note stop"); }

  @Override
  public void close() { calls.add("close"); }
}

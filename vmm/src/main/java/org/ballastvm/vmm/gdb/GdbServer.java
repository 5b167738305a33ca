package org.ballastvm.vmm.gdb;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.ballastvm.kvm.GuestDebug;
import org.ballastvm.kvm.GuestDebug.Step;
import org.ballastvm.kvm.Kvm;
import org.ballastvm.kvm.KvmCap;
import org.ballastvm.vmm.chardev.CharFrontend;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.event.MachineEvent.Cause;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.machine.DebugControl.Wishes;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.state.Log;
import org.ballastvm.vmm.state.RunState;

/**
 * A server for GDB on a chardev, {@code -gdb}. A client that comes stops the guest; one that goes takes its breakpoints out, and the
 * guest runs on if it was stopped for it. On the event loop.
 */
public final class GdbServer implements CharFrontend, PacketReader.Taker, MachineEvents.Listener {
  private static final int MOST_AT_ONCE = 4096;
  /** Room for the answer to a packet, and for what a command of the monitor prints. */
  private static final int LONGEST_ANSWER = 4 * PacketReader.MOST_BYTES;

  private final Machine vm;
  private final Chardev chardev;
  private final UnaryOperator<String> monitor;
  private final Runnable closeChardev;
  private final Step quietStep;
  /** Null while there is no client. */
  private Session session;
  private PacketReader reader;
  private byte[] lastSent = {};
  private boolean acknowledges;
  /** The client waits for a stop reply. */
  private boolean waits;
  /** The guest was stopped for the client, and not by anybody else. */
  private boolean stoppedForClient;
  private boolean foreign;

  private GdbServer(Machine vm, Chardev chardev, UnaryOperator<String> monitor, Runnable closeChardev) {
    this.vm = vm;
    this.chardev = chardev;
    this.monitor = monitor;
    this.closeChardev = closeChardev;
    try (Kvm kvm = Kvm.open()) {
      if (kvm.checkExtension(KvmCap.SET_GUEST_DEBUG) <= 0) {
        throw new UserError("gdbserver: the host's KVM cannot debug guests (KVM_CAP_SET_GUEST_DEBUG)");
      }
      quietStep = GuestDebug.blocksInterrupts(kvm.checkExtension(KvmCap.SET_GUEST_DEBUG2))
          ? Step.EACH_WITHOUT_INTERRUPTS
          : Step.EACH;
    }
  }

  /**
   * Serves GDB from now on, in place of whoever did. On the event loop, or before it has started.
   *
   * @param vm the machine
   * @param chardev where clients come
   * @param monitor runs a line of the human monitor, and returns what that prints
   * @param closeChardev what is done with the chardev at the end
   * @throws UserError if the host's KVM cannot debug guests
   */
  public static void serve(Machine vm, Chardev chardev, UnaryOperator<String> monitor, Runnable closeChardev) {
    GdbServer server = new GdbServer(vm, chardev, monitor, closeChardev);
    vm.debug().serve(server::close, () -> Optional.of(chardev.describe())).run();
    vm.events().listen(server);
    chardev.connect(server);
  }

  /**
   * Serves GDB no more.
   *
   * @param vm the machine
   */
  public static void end(Machine vm) {
    vm.debug().serve(() -> {
      // Nobody serves.
    }, Optional::empty).run();
  }

  @Override
  public int room() { return chardev.sendRoom() < LONGEST_ANSWER ? 0 : MOST_AT_ONCE; }

  @Override
  public void drained() { chardev.receiveMore(); }

  @Override
  public void opened() {
    session = new Session(vm, monitor);
    reader = new PacketReader(this);
    acknowledges = true;
    waits = false;
    foreign = false;
    stoppedForClient = false;
    interrupted();
    vm.debug().end(); // What a monitor watched for: the debug registers are the client's.
    vm.debug().client(true);
  }

  @Override
  public void closed() {
    if (session != null) {
      letGo();
      session = null;
      if (stoppedForClient || vm.state() == RunState.DEBUG) {
        runOn();
      }
    }
  }

  private void letGo() {
    Session leaving = session;
    vm.debug().whileStopped(leaving.breakpoints()::removeAll);
    vm.debug().end();
    vm.debug().client(false);
  }

  /** A machine that only a reset can make run stays as it is. */
  private void runOn() {
    stoppedForClient = false;
    try {
      vm.resume();
    } catch (UserError e) {
      Log.of(GdbServer.class).info("gdbserver: the guest stays stopped: {}", e.getMessage());
    }
  }

  @Override
  public void receive(byte[] bytes, int offset, int count) {
    for (int i = 0; i < count && !foreign; i++) {
      reader.take(bytes[offset + i] & 0xff);
    }
  }

  @Override
  public void foreign(String what) {
    foreign = true;
    String sentence = "gdbserver: what came is not GDB's remote protocol: " + what + "; no more is read of this client";
    Log.of(GdbServer.class).warn("{}", sentence);
    byte[] text = (sentence + "\n").getBytes(StandardCharsets.UTF_8);
    chardev.send(text, 0, text.length);
    letGo();
    if (stoppedForClient) {
      runOn();
    }
  }

  @Override
  public void damaged() {
    if (acknowledges) {
      chardev.send(new byte[]{'-'}, 0, 1);
    }
  }

  @Override
  public void again() {
    if (acknowledges) {
      chardev.send(lastSent, 0, lastSent.length);
    }
  }

  @Override
  public void interrupted() {
    if (vm.state() == RunState.RUNNING) {
      stoppedForClient = true;
      vm.pause();
    }
  }

  @Override
  public void packet(String text) {
    if (acknowledges) {
      chardev.send(new byte[]{'+'}, 0, 1);
    }
    interrupted(); // Somebody else let it run, or the client does not wait for the stop reply.
    switch (session.answer(text)) {
      case Answer.Reply reply -> send(reply.text());
      case Answer.Replies replies -> replies.texts().forEach(this::send);
      case Answer.Resume resume -> resume(resume);
      case Answer.NoMoreAcks none -> {
        send("OK");
        acknowledges = false;
      }
      case Answer.Detach detach -> {
        letGo();
        send("OK");
        runOn();
      }
      case Answer.Kill kill -> vm.quit(Cause.HOST_UI);
    }
  }

  private void resume(Answer.Resume resume) {
    Breakpoints breakpoints = session.breakpoints();
    boolean quiet = (session.choices().stepFlags & Choices.STEP_WITHOUT_INTERRUPTS) != 0;
    Set<Integer> moves = resume.moves();
    waits = true;
    try {
      vm.debug().set(new Wishes(breakpoints.addresses(), breakpoints.watches(), quiet ? quietStep : Step.EACH));
      vm.debug().go(resume.steps(), vcpu -> !moves.contains(vcpu));
    } catch (UserError e) {
      waits = false;
      send("O" + PacketText.hex(e.getMessage() + "\n"));
      send(new Refusal(Refusal.BUSY).packet());
    }
  }

  @Override
  public void happened(MachineEvent event, Instant when) {
    if (event instanceof MachineEvent.Stop && waits && session != null) {
      waits = false;
      stoppedForClient |= vm.state() == RunState.DEBUG;
      send(StopReply.of(vm, session.choices()));
    }
  }

  private void send(String text) {
    lastSent = PacketText.framed(text);
    chardev.send(lastSent, 0, lastSent.length);
  }

  /** The machine ends, or another serves. */
  private void close() {
    vm.events().forget(this);
    if (session != null && vm.end().isDone()) {
      if (waits) {
        send("W%02x".formatted(vm.exitStatus() & 0xff));
      }
    } else {
      closed();
    }
    session = null;
    closeChardev.run();
  }
}

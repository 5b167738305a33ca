package org.ballastvm.rig;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.ballastvm.images.GuestImages;

/**
 * A machine with a {@code /dev/kvm} that boots Linux, for a host that has none: QEMU's TCG emulates an AMD-V processor.
 * It sees the host's files, and what it writes is forgotten. Code runs about ten times slower in it, so times taken
 * there count only beside others taken there.
 */
public final class Rig implements GuestHost, AutoCloseable {
  private static final int UP_SECONDS = 300;
  private static final int CHANNEL_SECONDS = 120;
  private static final int HEARTBEAT_MILLIS = 500;
  private static final int FIRST_PORT = 20_000;

  private final RigMachine machine;
  private final RigControl control;
  private final CompletableFuture<Void> up = new CompletableFuture<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<RigChannel> channels = new ArrayList<>();
  private final BlockingQueue<RigChannel> idle;
  private final AtomicInteger nextPort = new AtomicInteger(FIRST_PORT);

  private Rig(RigMachine machine, RigConfig config) {
    this.machine = machine;
    this.control = new RigControl(machine);
    this.idle = new ArrayBlockingQueue<>(config.channels());
    for (int number = 0; number < config.channels(); number++) {
      channels.add(new RigChannel(number, machine, control, idle::add));
    }
    Thread.ofPlatform().daemon().name("rig-control").start(this::listen);
    idle.addAll(channels);
  }

  /** {@return which program a rig lacks on this host, and what to install; nothing if it has all} */
  public static Optional<String> missing() {
    return RigMachine.missing();
  }

  /**
   * Starts one, and waits until it takes programs. It ends with {@link #close}, or with the JVM.
   *
   * @throws RigError if something is missing, named in one sentence, or it does not come up in five minutes
   * @throws org.ballastvm.images.ImageError if its kernel cannot be had
   */
  public static Rig start(RigConfig config, GuestImages images) {
    RigMachine machine = RigMachine.start(config, images);
    try {
      Rig rig = new Rig(machine, config);
      rig.control.send("hello");
      rig.awaitUp();
      Thread.ofPlatform().daemon().name("rig-heartbeat").start(rig::keepAwake);
      return rig;
    } catch (RigError e) {
      machine.close();
      throw e;
    }
  }

  private void awaitUp() {
    try {
      up.get(UP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new RigError("the rig did not come up; " + lastWords(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RigError("interrupted while the rig starts", e);
    }
  }

  /**
   * Says a word that means nothing, twice a second. QEMU 7.2 can lose the interrupt of the rig's timer while guests run in
   * the rig: it stands in the local APIC's request register, the processor is halted with interrupts on, no timer is set any
   * more, and the rig sleeps for ever. Any other interrupt wakes it. (Probably the thread that emulates the processor changes
   * the set of what is pending, at a guest's entry or exit, without the lock under which the timer's interrupt is added.)
   */
  private void keepAwake() {
    try {
      while (!ended.await(HEARTBEAT_MILLIS, TimeUnit.MILLISECONDS)) {
        control.send("beat");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RigError e) {
      // The rig has ended, and whoever waits for it learns it from its channels.
    }
  }

  private void listen() {
    try {
      control.listen(this::hear);
    } catch (IOException e) {
      up.completeExceptionally(e);
    }
    up.completeExceptionally(new RigError("the rig ended; " + lastWords()));
    ended.countDown();
    channels.forEach(RigChannel::onEnd);
  }

  private void hear(String[] words) {
    switch (words[0]) {
      case "up" -> up.complete(null);
      case "pid" -> channels.get(Integer.parseInt(words[1])).onPid(Long.parseLong(words[2]));
      case "free" -> channels.get(Integer.parseInt(words[1])).onFree();
      default -> throw new RigError("the rig says " + String.join(" ", words) + ", which means nothing");
    }
  }

  private String lastWords() { return machine.lastWords(); }

  @Override
  public HostedProcess start(HostedCommand command) { return start(command, Transcript::of, Transcript::of); }

  /** Starts a program whose output and errors go on to these streams as they come, and are not kept. */
  public HostedProcess start(HostedCommand command, OutputStream out, OutputStream err) {
    return start(command, port -> Transcript.passing(port, out), port -> Transcript.passing(port, err));
  }

  private HostedProcess start(HostedCommand command, Function<InputStream, Transcript> output,
      Function<InputStream, Transcript> errors) {
    try {
      RigChannel channel = idle.poll(CHANNEL_SECONDS, TimeUnit.SECONDS);
      if (channel == null) {
        throw new RigError("all " + channels.size() + " channels of the rig are taken by programs that still run");
      }
      return channel.start(asOnTheHost(command), output, errors);
    } catch (IOException e) {
      throw new RigError(command.arguments().getFirst() + " cannot be run in the rig: " + e + "; " + lastWords(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RigError("interrupted while waiting for a channel of the rig", e);
    }
  }

  private static HostedCommand asOnTheHost(HostedCommand command) {
    Map<String, String> environment = new HashMap<>();
    for (String name : List.of("PATH", "HOME", "LANG")) {
      Optional.ofNullable(System.getenv(name)).ifPresent(value -> environment.put(name, value));
    }
    environment.putAll(command.environment());
    return new HostedCommand(command.arguments(), command.directory(), environment);
  }

  @Override
  public HostedProcess connect(int port) {
    return start(HostedCommand.of("/run/busybox", "nc", "127.0.0.1", Integer.toString(port)));
  }

  @Override
  public HostedStream stream(int port) {
    AtomicReference<InputStream> input = new AtomicReference<>();
    HostedProcess program = start(HostedCommand.of("/run/busybox", "nc", "127.0.0.1", Integer.toString(port)), from -> {
      input.set(from);
      return Transcript.ofNothing();
    }, Transcript::of);
    return new ProgramStream(program, input.get());
  }

  /** The streams of a program that is the other end. */
  private record ProgramStream(HostedProcess program, InputStream input) implements HostedStream {
    @Override
    public OutputStream output() { return program.input(); }

    @Override
    public void close() { program.kill(); }
  }

  @Override
  public int freePort() { return nextPort.getAndIncrement(); }

  @Override
  public String description() { return "the rig (QEMU emulates a processor with AMD-V)"; }

  @Override
  public void close() { machine.close(); }
}

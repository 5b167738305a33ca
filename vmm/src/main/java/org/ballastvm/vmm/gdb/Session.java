package org.ballastvm.vmm.gdb;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.ballastvm.kvm.GuestDebug.Access;
import org.ballastvm.vmm.machine.Machine;

/** The packets of one client, while the guest stands still. GDB's manual, appendix E.2. */
final class Session {
  private static final int MOST_READ = PacketReader.MOST_BYTES / 2;

  private final Machine vm;
  private final Choices choices = new Choices();
  private final GuestView view;
  private final Breakpoints breakpoints;
  private final Queries queries;

  Session(Machine vm, UnaryOperator<String> monitor) {
    this.vm = vm;
    this.view = new GuestView(vm, choices);
    this.breakpoints = new Breakpoints(vm.ram(), view);
    this.queries = new Queries(vm, choices, monitor);
  }

  Choices choices() { return choices; }

  Breakpoints breakpoints() { return breakpoints; }

  /** What follows a packet; a refusal is an answer, too. */
  Answer answer(String packet) {
    try {
      return packet.isEmpty() ? Answer.UNSUPPORTED : dispatch(packet, packet.substring(1));
    } catch (Refusal e) {
      return new Answer.Reply(e.packet());
    }
  }

  private Answer dispatch(String packet, String rest) {
    return switch (packet.charAt(0)) {
      case '?' -> stopped();
      case 'q', 'Q' -> queries.answer(packet);
      case 'H' -> choose(rest);
      case 'T' -> {
        Threads.one(rest, vcpus());
        yield Answer.OK;
      }
      case 'g' -> new Answer.Reply(PacketText.hex(registers().read(), Registers64.BYTES));
      case 'G' -> writeAll(PacketText.bytes(rest));
      case 'p' -> readOne(rest);
      case 'P' -> writeOne(rest);
      case 'm' -> read(rest);
      case 'M' -> write(rest, true);
      case 'X' -> write(rest, false);
      case 'Z' -> breakpoint(rest, true);
      case 'z' -> breakpoint(rest, false);
      case 'v' -> multiLetter(packet);
      case 'c', 'C' -> resume('c', rest);
      case 's', 'S' -> resume('s', rest);
      case 'D' -> new Answer.Detach();
      case 'k' -> new Answer.Kill();
      default -> Answer.UNSUPPORTED;
    };
  }

  private int vcpus() { return vm.vcpus().size(); }

  private RegisterFile registers() { return new RegisterFile(vm.vcpus().get(choices.looksAt).vcpu()); }

  /** A client that has just come asks for this; what another has left behind goes. */
  private Answer stopped() {
    breakpoints.removeAll();
    return new Answer.Reply(StopReply.of(vm, choices));
  }

  private Answer choose(String rest) {
    if (rest.isEmpty()) {
      throw new Refusal(Refusal.INVALID);
    }
    int index = Threads.index(rest.substring(1), vcpus());
    if (rest.charAt(0) == 'c') {
      choices.moves = index;
    } else if (rest.charAt(0) == 'g') {
      choices.looksAt = index >= 0 ? index : choices.looksAt;
    } else {
      throw new Refusal(Refusal.INVALID);
    }
    return Answer.OK;
  }

  private Answer writeAll(byte[] bytes) {
    if (bytes.length != Registers64.BYTES) {
      throw new Refusal(Refusal.INVALID);
    }
    registers().write(bytes);
    return Answer.OK;
  }

  private static int register(String hex) {
    long number = PacketText.number(hex);
    if (number < 0 || number >= Registers64.ALL.size()) {
      throw new Refusal(Refusal.INVALID);
    }
    return (int) number;
  }

  private Answer readOne(String rest) {
    int number = register(rest);
    int at = Registers64.offset(number);
    byte[] value = Arrays.copyOfRange(registers().read(), at, at + Registers64.ALL.get(number).bytes());
    return new Answer.Reply(PacketText.hex(value, value.length));
  }

  private Answer writeOne(String rest) {
    String[] parts = two(rest, "=");
    int number = register(parts[0]);
    byte[] value = PacketText.bytes(parts[1]);
    if (value.length != Registers64.ALL.get(number).bytes()) {
      throw new Refusal(Refusal.INVALID);
    }
    byte[] all = registers().read();
    System.arraycopy(value, 0, all, Registers64.offset(number), value.length);
    return writeAll(all);
  }

  private static String[] two(String text, String separator) {
    String[] parts = text.split(separator, 2);
    if (parts.length < 2) {
      throw new Refusal(Refusal.INVALID);
    }
    return parts;
  }

  private static int length(String hex) {
    long length = PacketText.number(hex);
    if (length < 0 || length > MOST_READ) {
      throw new Refusal(Refusal.INVALID);
    }
    return (int) length;
  }

  private Answer read(String rest) {
    String[] parts = two(rest, ",");
    byte[] bytes = view.read(PacketText.number(parts[0]), length(parts[1]));
    return new Answer.Reply(PacketText.hex(bytes, bytes.length));
  }

  private Answer write(String rest, boolean hex) {
    String[] parts = two(rest, ":");
    String[] place = two(parts[0], ",");
    byte[] bytes = hex ? PacketText.bytes(parts[1]) : parts[1].getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length != length(place[1])) {
      throw new Refusal(Refusal.INVALID);
    }
    view.write(PacketText.number(place[0]), bytes);
    return Answer.OK;
  }

  /** Type, address and kind: of a watch, its length. A processor of x86 does not watch for reads alone, 3. */
  private Answer breakpoint(String rest, boolean set) {
    String[] parts = rest.split(",", 3);
    if (parts.length < 3) {
      throw new Refusal(Refusal.INVALID);
    }
    long address = PacketText.number(parts[1]);
    long kind = PacketText.number(parts[2].split(";", 2)[0]);
    switch (parts[0]) {
      case "0" -> {
        if (set) {
          breakpoints.insert(address);
        } else {
          breakpoints.remove(address);
        }
      }
      case "1" -> watch(Access.EXECUTE, address, 1, set);
      case "2" -> watch(Access.WRITE, address, kind, set);
      case "4" -> watch(Access.ANY, address, kind, set);
      default -> {
        return Answer.UNSUPPORTED;
      }
    }
    return Answer.OK;
  }

  private void watch(Access access, long address, long lengthBytes, boolean set) {
    if (set) {
      breakpoints.watch(access, address, lengthBytes);
    } else {
      breakpoints.unwatch(access, address, lengthBytes);
    }
  }

  private Answer multiLetter(String packet) {
    if (packet.equals("vCont?")) {
      return new Answer.Reply("vCont;c;C;s;S;t");
    }
    if (packet.startsWith("vCont;")) {
      return Movement.ofActions(packet.substring("vCont;".length()), vcpus());
    }
    return packet.startsWith("vKill;") ? new Answer.Kill() : Answer.UNSUPPORTED;
  }

  /** A signal means nothing to a guest. An address to go on at comes from no client of today. */
  private Answer resume(char what, String rest) {
    boolean signal = rest.length() == 2;
    if (!rest.isEmpty() && !signal) {
      throw new Refusal(Refusal.INVALID);
    }
    int vcpu = what == 's' && choices.moves < 0 ? choices.looksAt : choices.moves;
    return Movement.of(what, vcpu, vcpus());
  }
}

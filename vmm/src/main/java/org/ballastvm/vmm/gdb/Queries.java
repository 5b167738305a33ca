package org.ballastvm.vmm.gdb;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.ballastvm.vmm.machine.Machine;

/** Packets that ask for or set something about the connection or the machine: {@code q} and {@code Q}. GDB's manual, E.4. */
final class Queries {
  /** Each byte of what a command prints is two of a packet. */
  private static final int PRINTED_AT_ONCE = PacketReader.MOST_BYTES / 2 - 1;

  private final Machine vm;
  private final Choices choices;
  private final UnaryOperator<String> monitor;

  Queries(Machine vm, Choices choices, UnaryOperator<String> monitor) {
    this.vm = vm;
    this.choices = choices;
    this.monitor = monitor;
  }

  /** The answer to a packet that begins with q or Q. */
  Answer answer(String packet) {
    int end = packet.indexOf(':');
    String name = end < 0 ? packet : packet.substring(0, end);
    String rest = end < 0 ? "" : packet.substring(end + 1);
    return switch (name) {
      case "qSupported" -> supported(rest);
      case "QStartNoAckMode" -> new Answer.NoMoreAcks();
      case "qXfer" -> transfer(rest);
      case "qAttached" -> new Answer.Reply("1");
      case "qC" -> new Answer.Reply("QC" + Threads.id(choices.looksAt));
      case "qfThreadInfo" -> new Answer.Reply(Threads.list(vm));
      case "qsThreadInfo" -> new Answer.Reply("l");
      case "qqemu.sstepbits" -> new Answer.Reply("ENABLE=%x,NOIRQ=%x,NOTIMER=%x".formatted(Choices.STEP_ENABLED,
          Choices.STEP_WITHOUT_INTERRUPTS, Choices.STEP_WITHOUT_TIMERS));
      case "qqemu.sstep" -> new Answer.Reply("0x%x".formatted(choices.stepFlags));
      case "qqemu.PhyMemMode" -> new Answer.Reply(choices.physical ? "1" : "0");
      case "Qqemu.PhyMemMode" -> {
        choices.physical = PacketText.number(rest) != 0;
        yield Answer.OK;
      }
      default -> withComma(packet);
    };
  }

  private Answer withComma(String packet) {
    if (packet.startsWith("qRcmd,")) {
      return command(packet.substring("qRcmd,".length()));
    }
    if (packet.startsWith("qThreadExtraInfo,")) {
      int vcpu = Threads.one(packet.substring("qThreadExtraInfo,".length()), vm.vcpus().size());
      return new Answer.Reply(PacketText.hex(Threads.name(vcpu) + " [" + vm.state().words() + "]"));
    }
    if (packet.startsWith("Qqemu.sstep=")) {
      choices.stepFlags = (int) PacketText.number(packet.substring("Qqemu.sstep=".length()));
      return Answer.OK;
    }
    return Answer.UNSUPPORTED;
  }

  private Answer supported(String features) {
    List<String> theirs = List.of(features.split(";"));
    choices.swbreak = theirs.contains("swbreak+");
    choices.hwbreak = theirs.contains("hwbreak+");
    return new Answer.Reply("PacketSize=%x;qXfer:features:read+;qXfer:threads:read+;vContSupported+;QStartNoAckMode+"
        .formatted(PacketReader.MOST_BYTES) + ";swbreak+;hwbreak+");
  }

  private Answer transfer(String rest) {
    String[] parts = rest.split(":", 4);
    if (parts.length == 4 && parts[1].equals("read")) {
      if (parts[0].equals("features") && parts[2].equals("target.xml")) {
        return new Answer.Reply(PacketText.piece(Registers64.description(), parts[3]));
      }
      if (parts[0].equals("threads") && parts[2].isEmpty()) {
        return new Answer.Reply(PacketText.piece(Threads.xml(vm), parts[3]));
      }
      if (parts[0].equals("features")) {
        return new Answer.Reply("E00");
      }
    }
    return Answer.UNSUPPORTED;
  }

  /** What stands behind {@code monitor} in GDB is a line for the human monitor, as in QEMU. */
  private Answer command(String hex) {
    byte[] printed = monitor.apply(new String(PacketText.bytes(hex), StandardCharsets.UTF_8))
        .getBytes(StandardCharsets.UTF_8);
    List<String> packets = new ArrayList<>();
    for (int at = 0; at < printed.length; at += PRINTED_AT_ONCE) {
      int count = Math.min(PRINTED_AT_ONCE, printed.length - at);
      byte[] part = new byte[count];
      System.arraycopy(printed, at, part, 0, count);
      packets.add("O" + PacketText.hex(part, count));
    }
    packets.add("OK");
    return new Answer.Replies(packets);
  }
}

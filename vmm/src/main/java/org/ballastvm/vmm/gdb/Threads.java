package org.ballastvm.vmm.gdb;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ballastvm.vmm.machine.Machine;

/** vCPUs as a client's threads: they count from 1 there. */
final class Threads {
  /** Whichever. */
  static final int ANY = -2;
  /** All of them. */
  static final int ALL = -1;

  private Threads() {}

  static String id(int vcpu) { return "%02x".formatted(vcpu + 1); }

  /** The index of a vCPU that a client names, {@link #ANY} or {@link #ALL}. */
  static int index(String text, int vcpus) {
    if (text.equals("-1")) {
      return ALL;
    }
    long id = PacketText.number(text);
    if (id == 0) {
      return ANY;
    }
    if (id < 0 || id > vcpus) {
      throw new Refusal(Refusal.INVALID);
    }
    return (int) id - 1;
  }

  /** One that there is. */
  static int one(String text, int vcpus) {
    int index = index(text, vcpus);
    if (index < 0) {
      throw new Refusal(Refusal.INVALID);
    }
    return index;
  }

  static String list(Machine vm) {
    return IntStream.range(0, vm.vcpus().size()).mapToObj(Threads::id).collect(Collectors.joining(",", "m", ""));
  }

  static String name(int vcpu) { return "CPU#" + vcpu; }

  static String xml(Machine vm) {
    return IntStream.range(0, vm.vcpus().size())
        .mapToObj(i -> "<thread id=\"%s\" core=\"%d\" name=\"%s\"/>\n".formatted(id(i), i, name(i)))
        .collect(Collectors.joining("", "<?xml version=\"1.0\"?>\n<threads>\n", "</threads>\n"));
  }
}

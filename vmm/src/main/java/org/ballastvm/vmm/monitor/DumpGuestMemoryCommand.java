package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.ballastvm.vmm.control.DumpGuestMemory;
import org.ballastvm.vmm.machine.Machine;

/** {@code dump-guest-memory [-p] [-d] [-z|-l|-s|-w] FILE [BEGIN LENGTH]} */
final class DumpGuestMemoryCommand implements Command {
  /** QEMU's flags for formats that Ballast refuses. */
  private static final Map<Character, String> FORMATS = Map.of('z', "kdump-zlib", 'l', "kdump-lzo", 's', "kdump-snappy",
      'w', "win-dmp");

  @Override
  public List<String> names() { return List.of("dump-guest-memory"); }

  @Override
  public String parameters() { return "[-p] [-d] [-z|-l|-s|-w] filename [begin length]"; }

  @Override
  public String help() { return "dump guest memory into file 'filename' (-d: return before it is written)"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    boolean paging = arguments.flag('p');
    boolean detach = arguments.flag('d');
    Optional<String> format = Optional.empty();
    for (Map.Entry<Character, String> flag : FORMATS.entrySet()) {
      format = arguments.flag(flag.getKey()) ? Optional.of(flag.getValue()) : format;
    }
    String file = arguments.word();
    OptionalLong begin = arguments.optionalNumber();
    OptionalLong length = arguments.optionalNumber();
    arguments.end();
    new DumpGuestMemory().run(vm,
        new DumpGuestMemory.Wanted(paging, "file:" + file, Optional.of(detach), boxed(begin), boxed(length), format));
    return "";
  }

  private static Optional<Long> boxed(OptionalLong number) {
    return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
  }
}

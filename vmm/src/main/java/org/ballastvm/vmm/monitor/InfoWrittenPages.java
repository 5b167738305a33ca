package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.ballastvm.vmm.control.QueryWrittenPages;
import org.ballastvm.vmm.machine.Machine;

/** {@code info written-pages [ADDR SIZE]} */
final class InfoWrittenPages implements Command {
  @Override
  public List<String> names() { return List.of("written-pages"); }

  @Override
  public String parameters() { return "[addr size]"; }

  @Override
  public String help() {
    return "show which pages of guest memory were written to since 'watch_pages on', and by whom (in 'size' bytes from physical 'addr')";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    OptionalLong address = arguments.optionalNumber();
    Optional<Long> size = address.isPresent() ? Optional.of(arguments.number()) : Optional.empty();
    arguments.end();
    QueryWrittenPages.WrittenInfo info = new QueryWrittenPages().run(vm, new QueryWrittenPages.Wanted(
        address.isPresent() ? Optional.of(address.getAsLong()) : Optional.empty(), size));
    StringBuilder text = new StringBuilder();
    info.ranges().forEach(range -> text.append("%016x-%016x %s\n".formatted(range.address(),
        range.address() + range.size(), range.by())));
    return text.append(info.more() ? "and more behind those\n" : "").toString();
  }
}

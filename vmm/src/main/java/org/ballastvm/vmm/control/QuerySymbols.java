package org.ballastvm.vmm.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.look.GuestKernel;
import org.ballastvm.vmm.look.KernelSymbol;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-query-symbols} */
public final class QuerySymbols implements QmpCommand<QuerySymbols.Wanted, List<QuerySymbols.SymbolInfo>> {
  /** A name may be that of hundreds of functions, but not of more. */
  private static final int MOST = 1024;

  /** Which symbols. */
  public record Wanted(@Member("of a function or a variable") String name) {}

  /** One of them. */
  public record SymbolInfo(@Member("where it begins") long address, @Member("up to the next, in bytes") long size,
      @Member("whether it is a function") boolean code,
      @Member("whose it is; missing for the kernel's own") Optional<String> module) {}

  @Override
  public String name() { return "x-ballast-query-symbols"; }

  @Override
  public String help() {
    return "Returns the symbols of a name that a Linux guest has, those of modules too, read from guest memory.";
  }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public List<SymbolInfo> run(Machine vm, Wanted wanted) {
    List<KernelSymbol> found = GuestKernel.look(vm, kernel -> named(kernel, wanted.name()));
    if (found.isEmpty()) {
      throw new UserError("the guest's kernel has no symbol '" + wanted.name() + "', nor have its modules");
    }
    return found.stream().map(symbol -> new SymbolInfo(symbol.address(), symbol.sizeBytes(), symbol.code(),
        Optional.of(symbol.module()).filter(module -> !module.isEmpty()))).toList();
  }

  private static List<KernelSymbol> named(GuestKernel kernel, String name) {
    List<KernelSymbol> found = new ArrayList<>();
    kernel.forEachSymbol(Optional.of(name), symbol -> {
      if (found.size() < MOST) {
        found.add(symbol);
      }
    });
    return found;
  }
}

package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.look.GuestKernel;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-query-kernel} */
public final class QueryKernel implements QmpCommand<QmpCommand.NoArguments, QueryKernel.KernelInfo> {
  /** A kernel. */
  public record KernelInfo(@Member("as uname -r has it") String release,
      @Member("as /proc/version has it") String banner,
      @Member("how far KASLR has moved it, in bytes") long kaslrOffset,
      @Member("how many symbols it has, without those of modules") int symbols) {}

  @Override
  public String name() { return "x-ballast-query-kernel"; }

  @Override
  public String help() { return "Returns which Linux runs in the guest, and where, read from guest memory."; }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public KernelInfo run(Machine vm, NoArguments arguments) {
    return GuestKernel.look(vm, kernel -> {
      String banner = kernel.banner().strip();
      String[] words = banner.split(" ", 4);
      return new KernelInfo(words.length > 2 ? words[2] : "", banner, kernel.kaslrOffset(), kernel.symbolCount());
    });
  }
}

package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import org.ballastvm.kvm.GuestDebug.Access;
import org.ballastvm.kvm.GuestDebug.Watch;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.look.CpuState;
import org.ballastvm.vmm.look.GuestKernel;
import org.ballastvm.vmm.look.Stack;
import org.ballastvm.vmm.machine.DebugControl.Trap;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-query-watch} */
public final class QueryWatch implements QmpCommand<QmpCommand.NoArguments, QueryWatch.WatchInfo> {
  /** What is watched, and what came of it. */
  public record WatchInfo(@Member("what debug registers hold, at most four") List<RegisterInfo> watches,
      @Member("what has stopped the guest; missing while nothing has") Optional<HitInfo> hit) {}

  /** A debug register. */
  public record RegisterInfo(@Member("virtual") long address, @Member("1, 2, 4 or 8 bytes") int size,
      @Member("whether reads count, too") boolean reads) {}

  /** A processor that did what was watched for. */
  public record HitInfo(@Member("which, from 0") int cpuIndex, @Member("of the register that matched") long address,
      @Member("of the instruction behind the one that did it") long ip,
      @Member("what runs there, name/pid; missing where no Linux can be read") Optional<String> task,
      @Member("the kernel's stack, the innermost first; none where no Linux can be read") List<QueryStacks.FrameInfo> frames) {}

  @Override
  public String name() { return "x-ballast-query-watch"; }

  @Override
  public String help() {
    return "Returns what x-ballast-watch-address watches, and, if that has stopped the guest, who did it.";
  }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public WatchInfo run(Machine vm, NoArguments arguments) {
    return new WatchInfo(vm.debug().watches().stream().map(QueryWatch::info).toList(),
        vm.debug().last().filter(Trap.Watched.class::isInstance).map(Trap.Watched.class::cast)
            .map(trap -> hit(vm, trap)));
  }

  private static RegisterInfo info(Watch watch) {
    return new RegisterInfo(watch.address(), watch.lengthBytes(), watch.access() == Access.ANY);
  }

  private static HitInfo hit(Machine vm, Trap.Watched trap) {
    Optional<Stack> stack = stack(vm, trap.vcpu());
    return new HitInfo(trap.vcpu(), trap.watch().address(), CpuState.of(vm, trap.vcpu()).general().rip(),
        stack.map(Stack::task), stack.map(each -> QueryStacks.frames(each.frames())).orElse(List.of()));
  }

  /** A guest that is no Linux has no names. */
  private static Optional<Stack> stack(Machine vm, int vcpu) {
    try {
      return Optional.of(GuestKernel.look(vm, GuestKernel::stacks).get(vcpu));
    } catch (UserError e) {
      return Optional.empty();
    }
  }
}

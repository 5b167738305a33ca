package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.look.Frame;
import org.ballastvm.vmm.look.GuestKernel;
import org.ballastvm.vmm.look.Stack;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-query-stacks} */
public final class QueryStacks implements QmpCommand<QmpCommand.NoArguments, List<QueryStacks.StackInfo>> {
  /** What a processor does. */
  public record StackInfo(@Member("from 0") int cpuIndex, @Member("what runs there, name/pid") String task,
      @Member("kernel, user or halted") String mode,
      @Member("the kernel's stack, the innermost first; none in user mode") List<FrameInfo> frames) {}

  /** A frame of a stack. */
  public record FrameInfo(@Member("of the instruction, or where a call returns to") long address,
      @Member("name+0xoffset/0xsize [module], or the address where none is known") String symbol) {}

  @Override
  public String name() { return "x-ballast-query-stacks"; }

  @Override
  public String help() {
    return "Returns what each processor of a Linux guest does, with its stack by name, read from guest memory; the "
        + "processors are out of the guest meanwhile.";
  }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public List<StackInfo> run(Machine vm, NoArguments arguments) {
    return GuestKernel.look(vm, GuestKernel::stacks).stream().map(QueryStacks::info).toList();
  }

  private static StackInfo info(Stack stack) {
    return new StackInfo(stack.cpu(), stack.task(), stack.mode(), frames(stack.frames()));
  }

  static List<FrameInfo> frames(List<Frame> frames) {
    return frames.stream().map(frame -> new FrameInfo(frame.address(), frame.symbol())).toList();
  }
}

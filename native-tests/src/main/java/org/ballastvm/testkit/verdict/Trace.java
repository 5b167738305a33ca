package org.ballastvm.testkit.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The functions of a report: where it happened, and who called that. */
final class Trace {
  static final int MOST = 5;
  private static final Pattern AT = Pattern
      .compile("(?:RIP: (?:0010:)?| )([A-Za-z_][\\w.]*)\\+0x[0-9a-f]+/0x[0-9a-f]+(?: \\[[\\w-]+(?: [0-9a-f]+)?])?");
  private static final Pattern HAPPENED = Pattern.compile("(?:BUG: K\\w+: .* in|WARNING: .* at \\S+) "
      + "([A-Za-z_][\\w.]*)(?:\\+0x.*|, CPU.*|)");
  /** By which a kernel reports, and comes to report; and how a task goes to sleep. */
  private static final Pattern REPORTS = Pattern.compile("dump_stack(?:_lvl|_print_info)?|__dump_stack|show_\\w+"
      + "|panic|vpanic|nmi_panic|__warn\\w*|warn_\\w+|report_bug\\w*|handle_bug|exc_\\w+|asm_\\w+|sysvec_\\w+|die\\w*"
      + "|__die\\w*|oops_\\w+|page_fault_oops|\\w*bad_area\\w*|do_error_trap|do_trap\\w*|fixup_exception|ex_handler_\\w+"
      + "|kasan_\\w+|__kasan_\\w+|print_report|print_address_description\\w*|kfence_\\w+|kcsan_\\w+|check_memory_region"
      + "|__asan_\\w+|__tsan_\\w+|ubsan_\\w+|__ubsan_\\w+|print_\\w+_bug\\w*|print_\\w*lock\\w*|lockdep_\\w+"
      + "|__lock_acquire|lock_acquire\\w*|mark_lock\\w*|check_\\w*lock\\w*|check_\\w*circular|validate_chain|__might_\\w+|__schedule_bug\\w*"
      + "|watchdog_\\w+|perf_event_nmi_handler|nmi_\\w+|default_do_nmi|end_repeat_nmi|sched_show_task|rcu_dump_cpu_stacks"
      + "|rcu_sched_clock_irq|check_cpu_stall|print_cpu_stall\\w*|update_process_times|tick_\\w+|__hrtimer_\\w+"
      + "|hrtimer_\\w+|__sysvec_\\w+|irq_exit_rcu|__irq_exit_rcu|irqentry_\\w+|__schedule|schedule\\w*|preempt_schedule\\w*|__cond_resched"
      + "|io_schedule\\w*|bit_wait\\w*|wait_for_completion\\w*|__wait_for_common|do_wait_for_common|dump_header"
      + "|oom_kill_process|out_of_memory|mem_cgroup_out_of_memory|__x64_\\w+|do_syscall_\\w+|x64_sys_call"
      + "|entry_SYSCALL_\\w+|ret_from_fork\\w*|kthread");

  private Trace() {}

  /** Up to five, the innermost first, each but once in a row. */
  static List<String> of(List<String> texts) {
    List<String> functions = new ArrayList<>();
    boolean instructionSeen = false;
    for (String text : texts) {
      if (functions.size() == MOST || !functions.isEmpty() && endsStack(text)) {
        break;
      }
      boolean instruction = text.startsWith("RIP: ");
      if (instruction && (instructionSeen || text.contains("0033:"))) {
        continue;
      }
      instructionSeen |= instruction;
      functionAt(text).filter(name -> functions.isEmpty() || !functions.getLast().equals(name))
          .ifPresent(functions::add);
    }
    return List.copyOf(functions);
  }

  /** The first stack is the one that counts: KASAN goes on with who allocated, RCU with other CPUs. */
  private static boolean endsStack(String text) {
    return text.startsWith(" </TASK>") || text.startsWith("---[ end trace");
  }

  private static Optional<String> functionAt(String text) {
    Matcher matcher = AT.matcher(text);
    Matcher happened = HAPPENED.matcher(text);
    String name = happened.matches() ? happened.group(1) : matcher.lookingAt() ? matcher.group(1) : "";
    String plain = name.replaceAll("\\.(?:isra|constprop|part|cold|llvm)[.\\w]*", "");
    return plain.isEmpty() || REPORTS.matcher(plain).matches() ? Optional.empty() : Optional.of(plain);
  }
}

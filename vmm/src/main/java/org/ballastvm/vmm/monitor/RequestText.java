package org.ballastvm.vmm.monitor;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.ballastvm.virtio.mem.MemTrace;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.diagnosis.MemoryRequest;

/** What a guest was asked to do with a memory device, and what became of it, in lines for people. */
final class RequestText {
  private RequestText() {}

  static String of(MemoryRequest request) {
    String of = switch (request.details()) {
      case MemoryRequest.Blocks blocks -> of(blocks);
      case MemoryRequest.Whole whole -> "  guest: " + whole.state().words() + "\n"
          + (request.open() ? "  request: open for " + seconds(request.ageNanos()) + "\n" : "");
    };
    return of + request.verdict().map(verdict -> "  cause: " + words(verdict.cause()) + ": " + verdict.reason() + "\n"
        + "  trying: " + (verdict.trying() ? "yes" : "no") + "\n").orElse("");
  }

  private static String of(MemoryRequest.Blocks blocks) {
    MemTrace trace = blocks.trace();
    MemTrace.Answers answers = trace.answers();
    String progress = trace.isOpen()
        ? "open for " + seconds(trace.ageNanos()) + ", " + ByteSize.describe(Math.max(0, trace.doneBytes())) + " of "
            + ByteSize.describe(Math.abs(trace.requestedBytes() - trace.startBytes()))
            + (trace.isGrowing() ? " plugged" : " unplugged")
        : "done" + (trace.ageNanos() > 0 ? " after " + seconds(trace.ageNanos()) : "");
    return "  driver: " + words(blocks.driver()) + "\n  request: " + progress + "\n  answers: ACK " + answers.ack()
        + ", NACK " + answers.nack() + ", BUSY " + answers.busy() + ", ERROR " + answers.error()
        + (trace.last().isEmpty() ? "" : "; the last " + seconds(trace.sinceRequestNanos()) + " ago: " + trace.last())
        + "\n  unplugged accesses: " + blocks.strayAccesses() + "\n";
  }

  static String words(Enum<?> constant) { return constant.name().toLowerCase(Locale.ROOT).replace('_', '-'); }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.1f s", nanos / (double) TimeUnit.SECONDS.toNanos(1));
  }
}

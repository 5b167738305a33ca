package org.ballastvm.vmm.memory;

import java.util.Optional;
import org.ballastvm.vmm.config.UserError;

/**
 * This process touched memory that the host has no page for: hugetlb without reservation and no free huge page, a file
 * system that is full, a file that somebody has cut short. The kernel sends SIGBUS, and the JVM makes it an
 * {@link InternalError} of that thread, at the next place where the thread looks for such: maybe not in the method that
 * touched the memory. So it is for those to catch who begin a piece of work: a start, a command, a turn of a thread.
 */
public final class MissingPage {
  private MissingPage() {}

  /**
   * Says what became of an error.
   *
   * @param error what a piece of work threw
   * @param objects the memory that it may have touched
   * @return one sentence, for people; empty if the error is another
   */
  public static Optional<String> sentence(Throwable error, MemoryObjects objects) {
    // The JVM says: "a fault occurred in an unsafe memory access operation", and that it was in compiled code, if it was.
    if (!(error instanceof InternalError) || error.getMessage() == null
        || !error.getMessage().contains("unsafe memory access")) {
      return Optional.empty();
    }
    return Optional.of(objects.all().stream().flatMap(entry -> entry.backend().lack().stream()).findFirst()
        .orElse("the host has no page for memory of the guest that Ballast used"));
  }

  /**
   * Makes an error that a missing page is behind the user's to know.
   *
   * @param error what a piece of work threw
   * @param objects the memory that it may have touched
   * @return what to throw instead
   */
  public static UserError explained(InternalError error, MemoryObjects objects) {
    return new UserError(sentence(error, objects).orElseThrow(() -> error), error);
  }
}

package org.ballastvm.vmm.machine;

import java.util.Optional;
import java.util.function.Supplier;
import org.ballastvm.kvm.HostError;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.memory.MemoryObjects;
import org.ballastvm.vmm.memory.MissingPage;
import org.ballastvm.vmm.state.Log;

/** What a monitor answers for a command that threw: whatever it is, it ends the command and not the machine. */
public final class CommandError {
  private CommandError() {}

  /**
   * The answer. What nobody foresaw is logged with its stack.
   *
   * @param command its name, for people
   * @param thrown by the command
   * @param objects the memory that it may have touched
   * @return a sentence
   */
  public static String sentence(String command, Throwable thrown, Supplier<MemoryObjects> objects) {
    if (thrown instanceof UserError || thrown instanceof HostError || thrown instanceof GuestError) {
      return thrown.getMessage();
    }
    if (thrown instanceof OutOfMemoryError) {
      return command + ": this process has too little heap for it (" + thrown.getMessage()
          + "); BALLAST_HEAP sets its size";
    }
    Optional<String> missing = thrown instanceof InternalError
        ? MissingPage.sentence(thrown, objects.get())
        : Optional.empty();
    if (missing.isPresent()) {
      return command + ": " + missing.get();
    }
    Log.of(CommandError.class).error("a bug in Ballast ended the command {}; the machine goes on", command, thrown);
    return command + ": a bug in Ballast ended this command (" + thrown + "); its log has more";
  }
}

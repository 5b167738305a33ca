package org.ballastvm.testkit.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.ballastvm.kvm.Terminal;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.Rig;
import org.ballastvm.rig.RigConfig;
import org.ballastvm.rig.RigRun;
import org.ballastvm.testkit.GuestHosts;
import org.ballastvm.vmm.SubCommand;
import org.ballastvm.vmm.config.UserError;

/**
 * {@code ballast rig}: runs a command where there is a {@code /dev/kvm} that boots Linux, on a host that has none. Its
 * streams, its directory, its environment and its exit status are the command's.
 */
public final class RigCommand implements SubCommand {
  @Override
  public String name() { return "rig"; }

  @Override
  public String summary() {
    return "runs a command on an emulated machine that has a /dev/kvm: rig [-m SIZE] [--] COMMAND";
  }

  @Override
  public int run(List<String> arguments) {
    Wish wish = Wish.of(arguments);
    Rig.missing().ifPresent(sentence -> {
      throw new UserError("rig: " + sentence);
    });
    HostedCommand command = RigRun.withEnvironment(HostedCommand.of(wish.command()));
    if (!isAtTerminal()) {
      return RigRun.run(wish.config(), GuestHosts.images(), command, System.in, System.out, System.err);
    }
    System.err.println("ballast: the rig starts (5 to 20 s) ...");
    int[] size = Terminal.size();
    Terminal terminal = Terminal.raw(false);
    Thread putBack = new Thread(terminal::close);
    Runtime.getRuntime().addShutdownHook(putBack);
    return RigRun.run(wish.config(), GuestHosts.images(), command.onTerminal(size[0], size[1]), System.in, System.out,
        System.err);
  }

  private static boolean isAtTerminal() { return Terminal.isPresent() && System.console().isTerminal(); }

  /**
   * What the user asked for.
   *
   * @param config  the rig
   * @param command the program and its arguments
   */
  record Wish(RigConfig config, List<String> command) {
    static Wish of(List<String> arguments) {
      RigConfig config = RigConfig.ofTests();
      List<Path> writable = new ArrayList<>();
      Iterator<String> words = arguments.iterator();
      List<String> command = new ArrayList<>();
      while (words.hasNext() && command.isEmpty()) {
        String word = words.next();
        switch (word) {
          case "-m" -> config = config.ofMemory(mebibytes(valueOf(word, words)));
          case "--writable" -> writable.add(directory(valueOf(word, words)));
          case "--" -> words.forEachRemaining(command::add);
          default -> {
            if (word.startsWith("-")) {
              throw new UserError("rig " + word + ": is no option of rig, which are -m SIZE and --writable DIRECTORY;"
                  + " the command stands behind --");
            }
            command.add(word);
            words.forEachRemaining(command::add);
          }
        }
      }
      if (command.isEmpty()) {
        throw new UserError("rig: no command is named; for example: ballast rig -- ballast -m 1G -kernel vmlinuz");
      }
      if (command.getFirst().equals("ballast")) {
        launcher().ifPresent(file -> command.set(0, file.toString()));
      }
      return new Wish(config.writing(writable), command);
    }

    private static String valueOf(String option, Iterator<String> words) {
      if (!words.hasNext()) {
        throw new UserError("rig " + option + ": takes a value");
      }
      return words.next();
    }

    private static int mebibytes(String size) {
      if (!size.matches("[0-9]{1,7}[MG]?")) {
        throw new UserError("rig -m " + size + ": must be a size such as 4096, 4096M or 4G");
      }
      long number = Long.parseLong(size.replaceAll("[MG]", ""));
      long mib = size.endsWith("G") ? number << 10 : number;
      if (mib < RigConfig.LEAST_MIB || mib > RigConfig.MOST_MIB) {
        throw new UserError(
            "rig -m " + size + ": must be from " + RigConfig.LEAST_MIB + "M to " + (RigConfig.MOST_MIB >> 10)
                + "G");
      }
      return (int) mib;
    }

    private static Path directory(String name) {
      Path directory = Path.of(name).toAbsolutePath().normalize();
      if (!Files.isDirectory(directory)) {
        throw new UserError("rig --writable " + name + ": is no directory");
      }
      return directory;
    }

    /** Whoever types {@code ballast} means this one, wherever PATH leads. */
    private static Optional<Path> launcher() {
      return Optional.ofNullable(System.getProperty("ballast.home")).map(home -> Path.of(home, "ballast"))
          .filter(Files::isExecutable);
    }
  }
}

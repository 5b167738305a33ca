package org.ballastvm.testkit;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.RigError;
import org.ballastvm.vmm.state.Version;

/** Ballast's own command, as users start it. */
final class Ballast {
  private static final String MAIN = "org.ballastvm.vmm/org.ballastvm.vmm.cli.Main";

  private Ballast() {}

  /**
   * {@return the command that runs Ballast with arguments: the launcher, where it is known from {@code ballast.home}, or
   * this JVM with the jars that it has Ballast from}
   */
  static HostedCommand command(List<String> arguments, List<String> jvmOptions) {
    List<String> words = new ArrayList<>();
    Optional<Path> launcher = launcher();
    if (launcher.isPresent()) {
      words.add(launcher.get().toString());
    } else {
      words.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1", "--enable-native-access=org.ballastvm.kvm,com.sun.jna"));
      words.addAll(jvmOptions);
      words.addAll(List.of("-p", String.join(File.pathSeparator, modulePath()), "-m", MAIN));
    }
    words.addAll(arguments);
    HostedCommand command = HostedCommand.of(words);
    return launcher.isEmpty()
        ? command
        : command.with("BALLAST_JAVA_HOME", System.getProperty("java.home")).with("BALLAST_JVM_OPTIONS",
            String.join(" ", jvmOptions));
  }

  private static Optional<Path> launcher() {
    return Optional.ofNullable(System.getProperty("ballast.home")).map(home -> Path.of(home, "ballast"))
        .filter(Files::isExecutable);
  }

  private static Set<String> modulePath() {
    Set<String> path = new LinkedHashSet<>();
    CodeSource own = Version.class.getProtectionDomain().getCodeSource();
    try {
      path.add(Path.of(own.getLocation().toURI()).toString());
    } catch (URISyntaxException e) {
      throw new RigError("Ballast's classes have no place: " + own.getLocation(), e);
    }
    for (String property : List.of("jdk.module.path", "java.class.path")) {
      for (String entry : System.getProperty(property, "").split(File.pathSeparator)) {
        if (!entry.isEmpty() && Files.exists(Path.of(entry))) {
          path.add(entry);
        }
      }
    }
    return path;
  }
}

package org.ballastvm.kvm;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another JVM with this module and a test class of it, for what can be tried once per JVM or needs its own input. */
final class ChildJvm {
  static final String ALLOW_BOTH = "--enable-native-access=org.ballastvm.kvm,com.sun.jna";

  private ChildJvm() {}

  static ProcessBuilder of(Class<?> main, List<String> flags) throws URISyntaxException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(flags);
    command.addAll(List.of("--module-path", home(com.sun.jna.Native.class) + File.pathSeparator + "target/classes"));
    command.addAll(List.of("--patch-module", "org.ballastvm.kvm=target/test-classes"));
    command.addAll(List.of("--module", "org.ballastvm.kvm/" + main.getName()));
    return new ProcessBuilder(command).redirectErrorStream(true);
  }

  private static Path home(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}

package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImage;
import org.ballastvm.rig.HostedCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The project of docs/embedding.md, word by word: compiled outside this build, on a module path of its own. */
class EmbeddingIT {
  private static final Path HOME = Path.of(System.getProperty("ballast.home", ".."));
  private static final Pattern FILE = Pattern.compile("(?s)`([^`\n]+)`:\n\n```\\w+\n(.*?)\n```");

  @TempDir
  private Path project;

  private void writeProject() throws IOException {
    Matcher file = FILE.matcher(Files.readString(HOME.resolve("docs/embedding.md")));
    while (file.find()) {
      Path path = project.resolve(file.group(1));
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.group(2));
    }
  }

  private void compile(Path modules) {
    Path sources = project.resolve("src/main/java");
    Compiled.by(List.of("-Xlint:all", "-Werror", "-p", modules.toString(), "-d",
        project.resolve("classes").toString(), sources.resolve("module-info.java").toString(),
        sources.resolve("com/example/guests/Main.java").toString()));
  }

  @Test
  void twoGuestsOfAProgramBootAndAreResized() throws IOException {
    Path modules = HOME.resolve("native-tests/target/dist/lib").toAbsolutePath();
    writeProject();
    compile(modules);
    GuestImage image = GuestHosts.images().debian(DebianFlavour.CLOUD);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String output = GuestHosts.find().run(Duration.ofMinutes(5),
        HostedCommand.of(List.of(java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "--enable-native-access=org.ballastvm.kvm", "-p", project.resolve("classes") + ":" + modules, "-m",
            "com.example.guests/com.example.guests.Main", image.kernel().toString(), image.initrd().toString())));
    assertTrue(output.contains("small: MemoryOutcome[wantedBytes=201326592, actualBytes=201326592, reached=true"),
        output);
    assertTrue(output.contains("large: MemoryOutcome[wantedBytes=536870912, actualBytes=536870912, reached=true"),
        output);
    assertTrue(output.contains("large: MEMORY_DEVICE_SIZE_CHANGE"), output);
    assertTrue(output.endsWith("balloon: actual=192\n"), output);
  }
}

package org.ballastvm.vmm.chardev;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.loop.EventLoop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A console on a terminal that a shell shares out among its jobs. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TerminalJobTest {
  /** What the shell runs: says each key that it gets, until that is a q. */
  static final class Job {
    private Job() {}

    public static void main(String[] args) throws Exception {
      CountDownLatch ended = new CountDownLatch(1);
      EventLoop loop = new EventLoop("job", Throwable::printStackTrace);
      Chardev console = Chardevs.open(new ChardevConfig.Stdio("c", false, false), loop, ended::countDown);
      console.connect(new FakeFrontend() {
        @Override
        public synchronized void receive(byte[] bytes, int offset, int count) {
          byte[] echo = ("<" + (char) bytes[offset] + ">").getBytes(StandardCharsets.US_ASCII);
          console.send(echo, 0, echo.length);
          if (bytes[offset] == 'q') {
            ended.countDown();
          }
        }
      });
      loop.start();
      Files.writeString(Path.of(args[0] + ".new"), Long.toString(ProcessHandle.current().pid()));
      Files.move(Path.of(args[0] + ".new"), Path.of(args[0]));
      ended.await();
      loop.stop();
      console.close();
      loop.close();
    }
  }

  @TempDir
  private Path directory;
  private Process shell;
  private final StringBuilder seen = new StringBuilder();

  @BeforeEach
  void startAShell() throws IOException {
    String path = String.join(File.pathSeparator, System.getProperty("jdk.module.path", ""),
        System.getProperty("java.class.path"), Path.of("target/test-classes").toAbsolutePath().toString());
    Path ready = directory.resolve("ready");
    Path steps = Files.writeString(directory.resolve("steps"), """
        set -m
        echo "before=$(stty -g)."
        '%s' -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp '%s' '%s' '%s' &
        until [ -e '%s' ]; do sleep 0.1; done
        echo "during=$(stty -g)."
        fg > /dev/null
        echo stopped.
        stty sane
        fg > /dev/null
        echo "after=$(stty -g)."
        """.formatted(Path.of(System.getProperty("java.home"), "bin", "java"), path, Job.class.getName(), ready,
        ready));
    shell = new ProcessBuilder(List.of("script", "-q", "-f", "-e", "-c", "sh " + steps, "/dev/null"))
        .redirectErrorStream(true).start();
  }

  @AfterEach
  void endIt() {
    shell.descendants().forEach(ProcessHandle::destroyForcibly);
    shell.destroyForcibly();
  }

  /** Waits for text; what came before it. */
  private String expect(String text) throws IOException {
    while (seen.indexOf(text) < 0) {
      int next = shell.getInputStream().read();
      assertEquals(true, next >= 0, "the end, without '" + text + "', after: " + seen);
      seen.append((char) next);
    }
    String before = seen.substring(0, seen.indexOf(text));
    seen.delete(0, before.length() + text.length());
    return before;
  }

  private void type(String keys) throws IOException {
    shell.getOutputStream().write(keys.getBytes(StandardCharsets.US_ASCII));
    shell.getOutputStream().flush();
  }

  @Test
  void inTheBackgroundItLeavesTheTerminalAloneAndEachTimeInTheForegroundItTakesItUp() throws Exception {
    expect("before=");
    String before = expect(".");
    expect("during=");
    assertEquals(before, expect("."));
    type("k");
    expect("<k>");

    String job = Files.readString(directory.resolve("ready"));
    assertEquals(0, new ProcessBuilder("kill", "-STOP", job).start().waitFor());
    expect("stopped.");
    type("z"); // without Enter: no line is collected any more
    expect("<z>");
    type("q");
    expect("after=");
  }
}

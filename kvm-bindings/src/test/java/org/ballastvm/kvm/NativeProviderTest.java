package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which provider a JVM ends up with, tried in JVMs of their own. */
class NativeProviderTest {
  private static final String DENY = "--illegal-native-access=deny";
  private static final String DENY_FFM = "--enable-native-access=com.sun.jna";
  private static final String NO_LINKER = "-Djdk.internal.foreign.CABI=UNSUPPORTED";

  /** What the child runs: names its provider once it has proven it with every kind of call there is. */
  static final class Probe {
    private Probe() {}

    public static void main(String[] args) {
      try (EventFd event = EventFd.create(); HostMapping memory = HostMapping.anonymous(8192, false, true)) {
        event.signal();
        memory.chunk(0).set(java.lang.foreign.ValueLayout.JAVA_LONG, 4096, event.drain());
        memory.advise(0, 4096, Advice.DONTNEED);
        System.out.println(NativeProvider.name() + " " + memory.residentBytes() + " " + errno() + " "
            + NativeProvider.CALLS.installHarmlessHandler(41) + " "
            + NativeProvider.CALLS.installHarmlessHandler(9999));
      } catch (LinkageError e) {
        System.out.println(e.getCause().getMessage());
      }
    }

    private static String errno() {
      try (HostFile none = HostFile.open(java.nio.file.Path.of("/nowhere"), false)) {
        return none.what();
      } catch (HostError e) {
        return e.errno().name();
      }
    }
  }

  @Test
  void thisJvmRunsTheOneThatWasAskedFor() {
    assertEquals(System.getProperty("ballast.native", "ffm"), NativeProvider.name());
  }

  @Test
  void ffmIsTheFirstChoice() throws Exception { assertEquals(works("ffm"), run(ChildJvm.ALLOW_BOTH)); }

  @Test
  void jnaIsTakenWhenAskedFor() throws Exception {
    assertEquals(works("jna"), run(ChildJvm.ALLOW_BOTH, "-Dballast.native=jna"));
  }

  @Test
  void jnaStepsInWhenTheModuleIsDeniedNativeAccess() throws Exception {
    assertEquals(works("jna"), run(DENY, DENY_FFM));
  }

  @Test
  void jnaStepsInWhenThereIsNoLinker() throws Exception {
    assertEquals(works("jna"), run(ChildJvm.ALLOW_BOTH, NO_LINKER));
  }

  @Test
  void withoutAnyNativeAccessTheUserReadsWhatToDo() throws Exception {
    String output = run(DENY);

    assertTrue(output.contains("--enable-native-access=org.ballastvm.kvm,com.sun.jna"), output);
  }

  @Test
  void aProviderThatDoesNotExistIsNamed() throws Exception {
    assertEquals("-Dballast.native=jni: the native provider must be auto, ffm or jna",
        run(ChildJvm.ALLOW_BOTH, "-Dballast.native=jni"));
  }

  private static String works(String name) { return name + " 4096 ENOENT 0 -22"; }

  private static String run(String... flags) throws Exception {
    Process child = ChildJvm.of(Probe.class, Stream.of(flags).toList()).start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, child.waitFor(), output);
    return List.of(output.split("\n")).getLast();
  }
}

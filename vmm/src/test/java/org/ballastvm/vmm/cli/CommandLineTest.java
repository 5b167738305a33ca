package org.ballastvm.vmm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.vmm.config.BootConfig;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.MonitorConfig;
import org.ballastvm.vmm.config.MonitorPrompt;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a command line makes of a machine. */
class CommandLineTest {
  private static MachineConfig config(String... words) {
    List<String> line = new ArrayList<>(List.of("-S"));
    line.addAll(List.of(words));
    return CommandLine.parse(line).orElseThrow().config();
  }

  private static String refusal(String... words) {
    return assertThrows(UserError.class, () -> config(words)).getMessage();
  }

  /** What QEMU 7.2 makes of the same words: seen with -smp ... and info hotpluggable-cpus. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"1 | 1 1 1", "4 | 1 4 1", "4,sockets=2 | 2 2 1", "4,cores=2 | 2 2 1",
      "6,threads=2 | 1 3 2", "sockets=2,cores=2 | 2 2 1", "maxcpus=4 | 1 4 1", "cores=3 | 1 3 1", "threads=2 | 1 1 2",
      "cpus=8,threads=2,cores=2 | 2 2 2", "8,sockets=2,threads=2 | 2 2 2"})
  void processorsAreGroupedAsQemuGroupsThem(String smp, String socketsCoresThreads) {
    var cpus = config("-smp", smp).cpus();
    assertEquals(socketsCoresThreads, cpus.sockets() + " " + cpus.cores() + " " + cpus.threads());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "4,sockets=3", "3,cores=2", "4,sockets=2,cores=2,threads=2", "4,maxcpus=2", "4,dies=2",
      "sockets=0", "sockets=254,cores=254,threads=254", "-1", "many", ""})
  void processorsThatDoNotAddUpAreRefused(String smp) { assertEquals("-smp", refusal("-smp", smp).substring(0, 4)); }

  @ParameterizedTest
  @CsvSource({"128,134217728", "1G,1073741824", "size=64M,67108864", "1.5G,1610612736", "65536K,67108864",
      "1.1G,1181122560", "1000001K,1024008192", "0x80,134217728", "128m,134217728", "134217729B,134225920"})
  void memoryIsCountedInMebibytesOrByItsSuffix(String text, long sizeBytes) {
    assertEquals(MemoryConfig.of(sizeBytes), config("-m", text).memory());
  }

  @Test
  void withoutAWordAboutItTheTerminalIsConsoleAndMonitor() {
    MachineConfig config = config();
    assertEquals(List.of(new ChardevConfig.Stdio("compat_stdio", true, false)), config.chardevs());
    assertEquals(List.of("compat_stdio"), config.serials());
    assertEquals(List.of(new MonitorConfig.Human("compat_stdio", MonitorPrompt.BALLAST)), config.monitors());
    assertEquals(config.chardevs(), config("-nographic").chardevs());
  }

  @Test
  void nodefaultsAndDisplayNoneLeaveTheTerminalAlone() {
    assertEquals(List.of(), config("-nodefaults", "-nographic").chardevs());
    assertEquals(List.of(), config("-display", "none").chardevs());
  }

  @Test
  void nographicGivesTheTerminalToWhatIsLeft() {
    MachineConfig config = config("-nographic", "-monitor", "null");
    assertEquals(List.of("compat_stdio"), config.serials());
    assertEquals(1, config.monitors().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-nographic -monitor stdio", "-nographic -serial stdio", "-serial stdio -monitor stdio",
      "-nographic -chardev stdio,id=a -mon a"})
  void theTerminalHasOneUserAsInQemu(String line) {
    assertEquals("-chardev stdio: standard input and output can be used by one chardev",
        refusal(line.split(" ")).split(";", 2)[0]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-nographic -serial mon:stdio", "-monitor stdio", "-serial stdio",
      "-monitor stdio -display none",
      "-nographic -chardev stdio,id=a,mux=on -serial chardev:a -mon a"})
  void theTerminalIsTakenOnce(String line) { assertEquals(1, config(line.split(" ")).chardevs().size()); }

  @Test
  void aNameMayComeWithQemusThreadNames() {
    assertEquals("guest", config("-name", "guest,debug-threads=on").name());
    assertEquals("a,b", config("-name", "guest=a,,b").name());
    assertEquals("ballast", config("-name", "debug-threads=off").name());
  }

  @Test
  void aMonitorsPromptIsQemusByAnOptionOrByTheNameOfTheProgram() {
    assertEquals(List.of(new MonitorConfig.Human("a", MonitorPrompt.QEMU)),
        config("-chardev", "null,id=a", "-mon", "a,prompt=qemu", "-serial", "none").monitors());
    System.setProperty("ballast.called", "kvm-qemu-system-x86_64");
    try {
      assertEquals(MonitorPrompt.QEMU, ((MonitorConfig.Human) config().monitors().getFirst()).prompt());
      assertEquals(List.of(new MonitorConfig.Human("a", MonitorPrompt.BALLAST)),
          config("-chardev", "null,id=a", "-mon", "a,prompt=ballast", "-serial", "none").monitors());
    } finally {
      System.clearProperty("ballast.called");
    }
    assertEquals("-mon prompt=psql: must be ballast or qemu", refusal("-mon", "a,prompt=psql"));
  }

  @Test
  void aKernelChoosesItsAddressIfItIsAskedTo() {
    assertFalse(((BootConfig.Linux) config("-kernel", "k").boot()).randomAddress());
    assertTrue(((BootConfig.Linux) config("-kernel", "k", "-machine", "kaslr=on", "-M", "ballast").boot())
        .randomAddress());
    assertFalse(((BootConfig.Linux) config("-kernel", "k", "-M", "kaslr=on", "-M", "kaslr=off").boot())
        .randomAddress());
  }

  @Test
  void nothingIsBootedOnlyByAMachineThatDoesNotStart() {
    assertInstanceOf(BootConfig.Nothing.class, config().boot());
    assertThrows(UserError.class, () -> CommandLine.parse(List.of()));
  }
}

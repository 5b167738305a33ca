package org.ballastvm.testkit.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.vmm.command.SubCommands;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RigCommandTest {
  private static RigWish wish(List<String> arguments) {
    return RigWish.of(SubCommands.parse(new RigCommand(), arguments));
  }

  @Test
  void whatStandsBehindTheDashesIsTheCommandWhateverItsOwnOptions() {
    RigWish wish = wish(List.of("-m", "4G", "--writable", "/tmp", "--", "ls", "-m", "--writable"));

    assertEquals(List.of("ls", "-m", "--writable"), wish.command());
    assertEquals(4096, wish.amdConfig().memoryMiB());
    assertEquals("[/tmp]", wish.amdConfig().writable().toString());
  }

  @Test
  void theFirstWordThatIsNoOptionBeginsTheCommand() {
    assertEquals(List.of("uname", "-r"), wish(List.of("uname", "-r")).command());
  }

  @Test
  void theOtherRigsProcessorAndKernelCanBeNamed() {
    RigWish wish = wish(List.of("--cpu", "amd=Opteron_G3,phys-bits=36", "--kernel-package", "6.12",
        "--kernel-args", "kvm_amd.npt=0", "x"));

    assertEquals("Opteron_G3,+svm,phys-bits=36", wish.amdConfig().cpu());
    assertEquals(DebianFlavour.LATER, wish.amdConfig().kernel());
    assertEquals(List.of("kvm_amd.npt=0"), wish.amdConfig().kernelArguments());
    assertEquals("max,+svm,-smep", wish(List.of("--cpu", "amd,-smep", "x")).amdConfig().cpu());
    assertEquals("max,+svm", wish(List.of("--cpu", "amd", "x")).amdConfig().cpu());
  }

  @Test
  void theIntelRigHasTheFilesThatAreNamedAndThoseOfTheCommand(@TempDir Path directory) throws IOException {
    Path kernel = Files.writeString(directory.resolve("vmlinuz"), "");
    RigWish wish = wish(List.of("--cpu", "intel", "-m", "2G", "--file", "/tmp", "--kernel-args",
        "kvm_intel.ept=0 nosmp", "--", "head", kernel.toString(), "/absent", "vmlinuz"));

    assertEquals(List.of(Path.of("/tmp"), kernel), wish.intelConfig().files());
    assertEquals(List.of("kvm_intel.ept=0", "nosmp"), wish.intelConfig().kernelArguments());
    assertEquals(2048, wish.intelConfig().memoryMiB());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "-m 12 x | rig -m 12: must be from 1024M to 1024G",
      "-m much x | rig -m much: must be a size such as 2048, 2048M or 2G",
      "-m | rig -m: a value must follow: -m SIZE",
      "--writable /absent x | rig --writable /absent: is no directory",
      "--fast x | rig --fast: there is no such option; rig --help lists what it takes",
      "--cpu via x | rig --cpu via: must be intel, or amd[=MODEL][,PROPERTY]... in QEMU's words, such as amd,phys-bits=36",
      "--kernel-package 2.4 x | rig --kernel-package 2.4: must be one of cloud, stock, 6.12",
      "--kernel-package 6.12 --cpu intel x | rig --kernel-package 6.12: is not for --cpu intel, which has Debian's own",
      "--cpu intel -m 4G x | rig -m 4G: must be from 1024M to 3G with --cpu intel",
      "-m 4G --cpu intel x | rig -m 4G: must be from 1024M to 3G with --cpu intel",
      "--cpu intel --writable /tmp x | rig --writable /tmp: nothing stays that is written with --cpu intel",
      "--cpu intel --file / x | rig --file /: is no file or directory that can be taken along",
      "--file /tmp x | rig --file /tmp: is for --cpu intel; the other rig has all files of this host",
      "-- | rig: no command is named; for example: ballast rig -- ballast -m 1G -kernel vmlinuz"})
  void whatMakesNoSenseIsNamed(String words, String sentence) {
    UserError error = assertThrows(UserError.class, () -> wish(List.of(words.split(" "))));

    assertEquals(sentence, error.getMessage());
  }
}

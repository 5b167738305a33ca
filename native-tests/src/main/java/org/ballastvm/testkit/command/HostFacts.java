package org.ballastvm.testkit.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.vmm.memory.SharedHugePages;

/** What the host's kernel says of itself that makes guests quick or slow: files of sysfs, which cost nothing to read. */
final class HostFacts {
  private static final Pattern CHOSEN = Pattern.compile("\\[(\\w+)]");

  private final Path root;
  private final List<Fact> facts = new ArrayList<>();

  /**
   * One of them.
   *
   * @param good whether it is as guests would have it
   * @param what in a word or two
   * @param sentence what it is, and what to do about it
   */
  record Fact(boolean good, String what, String sentence) {}

  private HostFacts(Path root) { this.root = root; }

  /** All that a host shows; of a module that is not loaded, nothing. */
  static List<Fact> of(Path root) {
    HostFacts host = new HostFacts(root);
    host.intel();
    host.amd();
    host.memory();
    return host.facts;
  }

  private void intel() {
    module("kvm_intel", "ept", "nested paging", "EPT is on",
        "EPT is off, and guests fault two to five times as slowly: load kvm_intel with ept=1");
    module("kvm_intel", "unrestricted_guest", "real mode", "unrestricted guest is on",
        "unrestricted guest is off, and KVM emulates real mode: load kvm_intel with unrestricted_guest=1");
    module("kvm_intel", "enable_apicv", "interrupts", "APICv is on",
        "APICv is off, and guests leave for each interrupt: load kvm_intel with enable_apicv=1 where the processor has it");
    nested("kvm_intel", "VMX");
    read("sys/devices/system/cpu/vulnerabilities/itlb_multihit").filter(text -> text.contains("Split huge pages"))
        .ifPresent(text -> facts
            .add(new Fact(true, "executed pages", "KVM splits huge ones that a guest executes (itlb_multihit)")));
  }

  private void amd() {
    module("kvm_amd", "npt", "nested paging", "NPT is on",
        "NPT is off, and guests fault two to five times as slowly: load kvm_amd with npt=1");
    module("kvm_amd", "avic", "interrupts", "AVIC is on",
        "AVIC is off, and guests leave for each interrupt: load kvm_amd with avic=1 where the processor has it");
    nested("kvm_amd", "SVM");
  }

  private void module(String module, String parameter, String what, String on, String off) {
    read("sys/module/" + module + "/parameters/" + parameter)
        .ifPresent(value -> facts.add(isOn(value) ? new Fact(true, what, on) : new Fact(false, what, off)));
  }

  private void nested(String module, String extension) {
    read("sys/module/" + module + "/parameters/nested").ifPresent(value -> facts.add(new Fact(true, "nested guests",
        isOn(value)
            ? "a guest has " + extension + " and can run guests of its own; -cpu host,-"
                + extension.toLowerCase(java.util.Locale.ROOT) + " takes it away"
            : "a guest has no " + extension)));
  }

  /** {@code Y} and {@code N}, {@code 1} and {@code 0}; newer kernels' {@code avic} is a number, -1 for what suits. */
  private static boolean isOn(String value) {
    return !value.equals("N") && !value.equals("0");
  }

  private void memory() {
    chosen("sys/kernel/mm/transparent_hugepage/enabled").ifPresent(mode -> facts.add(mode.equals("never")
        ? new Fact(false, "huge pages",
            "transparent_hugepage/enabled is never, so private memory has pages of 4 KiB: write madvise to it")
        : new Fact(true, "huge pages", "transparent_hugepage/enabled is " + mode + ", so private memory has them")));
    chosen("sys/kernel/mm/transparent_hugepage/shmem_enabled").ifPresent(mode -> facts.add(sharedMemory(mode)));
    read("sys/kernel/mm/ksm/run").ifPresent(run -> facts.add(new Fact(true, "same pages", run.equals("1")
        ? "KSM merges those of backends with merge=on, and splits huge pages for that"
        : "KSM does not run, so merge=on does nothing")));
  }

  private static Fact sharedMemory(String mode) {
    return SharedHugePages.obstacle(mode).map(why -> new Fact(false, "shared memory", why))
        .orElseGet(() -> new Fact(true, "shared memory",
            "transparent_hugepage/shmem_enabled is " + mode + ", so memfd and share=on have huge pages"));
  }

  private Optional<String> chosen(String file) {
    return read(file).map(CHOSEN::matcher).filter(Matcher::find).map(match -> match.group(1));
  }

  private Optional<String> read(String file) {
    try {
      return Optional.of(Files.readString(root.resolve(file)).strip());
    } catch (IOException e) {
      return Optional.empty(); // No such module, or a kernel without it.
    }
  }
}

package org.ballastvm.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaModifier.NATIVE;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The design's rules about who may know whom, read from the built classes and from the sources. */
class ArchitectureTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final String OURS = "org.ballastvm";
  private static final int MAX_LINES = 400;

  /** Folder of a module, and the modules of ours that it may require. */
  private static final Map<String, Set<String>> ARROWS = Map.of( //
      "acpi-tables", Set.of(), //
      "kvm-bindings", Set.of(), //
      "virtio", Set.of(), //
      "guest-images", Set.of(), //
      "vmm", Set.of("org.ballastvm.acpi", "org.ballastvm.kvm", "org.ballastvm.virtio", "org.ballastvm.images"), //
      "native-tests",
      Set.of("org.ballastvm.vmm", "org.ballastvm.images", "org.ballastvm.kvm", "org.ballastvm.virtio"));

  /** What a module shows to everyone; what it shows to a module of ours alone is not counted. */
  private static final Map<String, Set<String>> PUBLIC_PACKAGES = Map.of( //
      "acpi-tables", Set.of("org.ballastvm.acpi"), //
      "kvm-bindings", Set.of("org.ballastvm.kvm"), //
      "virtio",
      Set.of("org.ballastvm.device", "org.ballastvm.fault", "org.ballastvm.pci", "org.ballastvm.record",
          "org.ballastvm.virtio",
          "org.ballastvm.virtio.balloon", "org.ballastvm.virtio.blk",
          "org.ballastvm.virtio.console", "org.ballastvm.virtio.mem", "org.ballastvm.virtio.net",
          "org.ballastvm.virtio.p9", "org.ballastvm.virtio.pci", "org.ballastvm.virtio.queue",
          "org.ballastvm.virtio.replay", "org.ballastvm.virtio.rng",
          "org.ballastvm.virtio.vsock"), //
      "guest-images", Set.of("org.ballastvm.images", "org.ballastvm.rig"), //
      "vmm",
      Set.of("org.ballastvm.vmm", "org.ballastvm.vmm.command", "org.ballastvm.vmm.config", "org.ballastvm.vmm.event",
          "org.ballastvm.vmm.state"), //
      "native-tests",
      Set.of("org.ballastvm.testkit", "org.ballastvm.testkit.agent",
          "org.ballastvm.testkit.coverage", "org.ballastvm.testkit.ktap",
          "org.ballastvm.testkit.look",
          "org.ballastvm.testkit.verdict"));

  /** Sources that may catch everything, each with a reason that its own comment gives. */
  private static final Set<String> CATCHES_EVERYTHING = Set.of("FfmCalls.java");

  /** What the JDK counts as native access (JEP 472). */
  private static final Set<String> RESTRICTED = Set.of("java.lang.foreign.MemorySegment.reinterpret",
      "java.lang.foreign.Linker.downcallHandle", "java.lang.foreign.Linker.upcallStub",
      "java.lang.foreign.SymbolLookup.libraryLookup", "java.lang.foreign.AddressLayout.withTargetLayout",
      "java.lang.ModuleLayer$Controller.enableNativeAccess", "java.lang.System.load", "java.lang.System.loadLibrary",
      "java.lang.Runtime.load", "java.lang.Runtime.loadLibrary");

  private static final String[] DEVICES = {"org.ballastvm.device..", "org.ballastvm.fault..", "org.ballastvm.pci..",
      "org.ballastvm.record..", "org.ballastvm.virtio.."};

  private static JavaClasses everything;

  @BeforeAll
  static void readClasses() {
    everything = new ClassFileImporter()
        .importPaths(ARROWS.keySet().stream().map(ArchitectureTest::classesOf).toList());
    assertTrue(!everything.isEmpty(), "there are no classes below " + ROOT);
  }

  static Set<String> folders() { return new TreeSet<>(ARROWS.keySet()); }

  @ParameterizedTest
  @MethodSource("folders")
  void aModuleRequiresOnlyWhatTheDesignAllows(String folder) throws IOException {
    Set<String> required = descriptorOf(folder).requires().stream().map(Requires::name)
        .filter(name -> name.startsWith(OURS)).collect(Collectors.toSet());
    required.removeAll(ARROWS.get(folder));
    assertEquals(Set.of(), required);
  }

  @ParameterizedTest
  @MethodSource("folders")
  void aModuleShowsOnlyItsPublicPackages(String folder) throws IOException {
    Set<String> shown = descriptorOf(folder).exports().stream().filter(exports -> !exports.isQualified())
        .map(Exports::source).collect(Collectors.toSet());
    shown.removeAll(PUBLIC_PACKAGES.get(folder));
    assertEquals(Set.of(), shown);
  }

  @Test
  void theMachineIsKnownOnlyToItselfAndItsTests() {
    noClasses().that().resideOutsideOfPackages("org.ballastvm.vmm..", "org.ballastvm.testkit..").should()
        .dependOnClassesThat().resideInAPackage("org.ballastvm.vmm..").check(everything);
  }

  @Test
  void noTwoPackagesKnowEachOther() {
    slices().matching("org.ballastvm.(**)").should().beFreeOfCycles().check(everything);
  }

  /** See {@link ObjectSlices} for what an object is. */
  @Test
  void noTwoObjectsOfAPackageKnowEachOther() {
    slices().assignedFrom(new ObjectSlices(everything)).should().beFreeOfCycles().check(everything);
  }

  @Test
  void devicesDoNotKnowKvm() {
    noClasses().that().resideInAnyPackage(DEVICES).should().dependOnClassesThat()
        .resideInAPackage("org.ballastvm.kvm..").check(everything);
  }

  @Test
  void aPciFunctionDoesNotKnowWhatItIsFor() {
    noClasses().that().resideInAPackage("org.ballastvm.pci..").should().dependOnClassesThat()
        .resideInAPackage("org.ballastvm.virtio..").check(everything);
  }

  @Test
  void devicesOwnNoThreads() {
    noClasses().that().resideInAnyPackage(DEVICES).should().dependOnClassesThat()
        .areAssignableTo(Executor.class).orShould().callConstructor(Thread.class, Runnable.class).orShould()
        .callMethod(Thread.class, "ofPlatform").orShould().callMethod(Thread.class, "ofVirtual").orShould()
        .callMethod(Thread.class, "startVirtualThread", Runnable.class).check(everything);
  }

  @Test
  void onlyTheBindingsReachNativeCode() {
    noClasses().that().resideOutsideOfPackage("org.ballastvm.kvm..").should().dependOnClassesThat()
        .resideInAPackage("com.sun.jna..").orShould()
        .callMethodWhere(describe("is restricted",
            call -> RESTRICTED.contains(call.getTargetOwner().getName() + "." + call.getName())))
        .check(everything);
    methods().that().areDeclaredInClassesThat().resideOutsideOfPackage("org.ballastvm.kvm..").should()
        .notHaveModifier(NATIVE).check(everything);
  }

  @Test
  void nobodyUsesTheNativeHalfOfTheZstdLibrary() {
    noClasses().should().dependOnClassesThat().haveNameMatching("io\\.airlift\\.compress\\.v3\\..*Native.*")
        .check(everything);
  }

  @Test
  void nobodyUsesTheNativeHalfOfTheLineEditor() {
    noClasses().should().dependOnClassesThat().resideInAnyPackage("org.jline.nativ..", "org.jline.terminal.impl.exec..")
        .orShould().dependOnClassesThat().haveFullyQualifiedName("org.jline.terminal.TerminalBuilder")
        .check(everything);
  }

  @Test
  void thePureModulesReadAndWriteNothing() {
    classes().that().resideInAPackage("org.ballastvm.acpi..").should().onlyDependOnClassesThat()
        .resideInAnyPackage("org.ballastvm.acpi..", "java.lang..", "java.util..", "java.nio.charset..")
        .check(everything);
  }

  @ParameterizedTest
  @MethodSource("folders")
  void noSourceIsLongerThanAReaderCanHold(String folder) throws IOException {
    for (Path source : sources(folder)) {
      int lines = Files.readAllLines(source).size();
      assertTrue(lines <= MAX_LINES, source + " has " + lines + " lines; " + MAX_LINES + " is the limit");
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void nobodyCatchesEverything(String folder) throws IOException {
    Pattern catchAll = Pattern.compile("catch \\((final )?(java\\.lang\\.)?(Exception|Throwable) ");
    for (Path source : sources(folder)) {
      boolean found = catchAll.matcher(Files.readString(source)).find();
      assertTrue(!found || CATCHES_EVERYTHING.contains(source.getFileName().toString()),
          source + " catches everything");
    }
  }

  private static ModuleDescriptor descriptorOf(String folder) throws IOException {
    try (InputStream in = Files.newInputStream(classesOf(folder).resolve("module-info.class"))) {
      return ModuleDescriptor.read(in);
    }
  }

  private static Path classesOf(String folder) { return ROOT.resolve(folder).resolve("target").resolve("classes"); }

  /** All that people wrote: generated code lives in folders of its own. */
  private static List<Path> sources(String folder) throws IOException {
    Path generated = ROOT.resolve(folder).resolve("src/generated");
    try (Stream<Path> files = Files.walk(ROOT.resolve(folder).resolve("src"))) {
      return files.filter(file -> file.toString().endsWith(".java") && !file.startsWith(generated)).toList();
    }
  }
}

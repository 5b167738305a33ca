package org.ballastvm.vmm.boot;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.BootConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryBackend;

/** A guest's memory and a loader for it, with no machine around them. */
final class BootFixture implements AutoCloseable {
  static final long RSDP = 0xe_0000;

  private final Path directory;
  private final MemoryBackend backend;
  private final GuestRam ram;
  private final BootLoader loader;

  BootFixture(Path directory, long sizeBytes) {
    this.directory = directory;
    BackendConfig.Common lazily = new BackendConfig.Common(false, false, false, false, true);
    backend = MemoryBackend.open(new BackendConfig.Ram("ram", sizeBytes, lazily));
    GuestLayout layout = GuestLayout.of(MemoryConfig.of(sizeBytes));
    ram = new GuestRam(layout, backend);
    loader = new BootLoader(layout, ram, RSDP, Optional.of(directory.resolve("cache")));
  }

  GuestRam ram() { return ram; }

  BootLoader loader() { return loader; }

  Optional<CpuStart> load(byte[] kernel, String commandLine) throws IOException {
    Path file = Files.write(directory.resolve("kernel"), kernel);
    return loader.load(new BootConfig.Linux(file, Optional.empty(), commandLine));
  }

  Optional<CpuStart> load(byte[] kernel, String commandLine, byte[] initrd) throws IOException {
    Path file = Files.write(directory.resolve("kernel"), kernel);
    Path disk = Files.write(directory.resolve("initrd"), initrd);
    return loader.load(new BootConfig.Linux(file, Optional.of(disk), commandLine));
  }

  /** What is said of a kernel that is refused, behind its name. */
  String refusal(Path kernel) {
    UserError e = assertThrows(UserError.class,
        () -> loader.load(new BootConfig.Linux(kernel, Optional.empty(), "")));
    String start = "-kernel " + kernel;
    assertTrue(e.getMessage().startsWith(start), e.getMessage());
    return e.getMessage().substring(start.length());
  }

  String refusal(byte[] kernel) throws IOException { return refusal(Files.write(directory.resolve("kernel"), kernel)); }

  byte[] bytes(long gpa, int length) {
    byte[] bytes = new byte[length];
    ram.read(gpa, MemorySegment.ofArray(bytes), 0, length);
    return bytes;
  }

  /** The text at an address, up to its zero. */
  String text(long gpa) {
    int length = 0;
    while (ram.getByte(gpa + length) != 0) {
      length++;
    }
    return new String(bytes(gpa, length), StandardCharsets.UTF_8);
  }

  @Override
  public void close() { backend.close(); }
}

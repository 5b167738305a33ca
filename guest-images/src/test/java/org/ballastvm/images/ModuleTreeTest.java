package org.ballastvm.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a module needs is loaded before it. */
class ModuleTreeTest {
  @TempDir
  Path directory;

  private void given(String file, String depends) throws IOException {
    byte[] module = Fixtures.module("license=GPL\0depends=" + depends + "\0name=x\0");
    Fixtures.write(directory.resolve("kernel").resolve(file), file.endsWith(".xz") ? Fixtures.xz(module) : module);
  }

  private List<String> order(String... names) {
    return ModuleTree.of(directory).inLoadOrder(List.of(names)).stream().map(file -> file.getFileName().toString())
        .toList();
  }

  @Test
  void whatAModuleNeedsComesFirstAndOnce() throws IOException {
    given("kvm-amd.ko", "kvm,ccp");
    given("kvm.ko.xz", "irqbypass");
    given("ccp.ko", "");
    given("irqbypass.ko", "");
    assertEquals(List.of("irqbypass.ko", "kvm.ko.xz", "ccp.ko", "kvm-amd.ko"), order("kvm_amd", "kvm"));
  }

  @Test
  void whatIsBuiltInIsNotLoaded() throws IOException {
    given("virtio_pci.ko", "virtio,virtio_ring");
    Files.writeString(directory.resolve("modules.builtin"),
        "kernel/drivers/virtio/virtio.ko\nkernel/drivers/virtio/virtio_ring.ko\n");
    assertEquals(List.of("virtio_pci.ko"), order("virtio-pci"));
    assertTrue(ModuleTree.of(directory).knows("virtio-ring"));
  }

  @Test
  void aModuleThatIsNowhereIsNamedWithTheOneThatWantsIt() throws IOException {
    given("9p.ko", "netfs");
    ImageError error = assertThrows(ImageError.class, () -> order("9p"));
    assertTrue(error.getMessage().startsWith("module netfs, wanted by 9p, is neither"), error.getMessage());
  }

  @Test
  void twoThatNeedEachOtherDoNotHangTheSearch() throws IOException {
    given("a.ko", "b");
    given("b.ko", "a");
    assertEquals(List.of("b.ko", "a.ko"), order("a"));
  }

  @Test
  void aDamagedModuleIsRefused() throws IOException {
    byte[] module = Fixtures.module("depends=\0");
    module[0x28 + 3] = 0x7f;
    Fixtures.write(directory.resolve("bad.ko"), module);
    ImageError error = assertThrows(ImageError.class, () -> order("bad"));
    assertTrue(error.getMessage().contains("bad.ko is damaged"), error.getMessage());
  }

  @Test
  void whatIsNoElfFileIsRefused() throws IOException {
    Fixtures.write(directory.resolve("text.ko"), new byte[100]);
    assertThrows(ImageError.class, () -> order("text"));
  }
}

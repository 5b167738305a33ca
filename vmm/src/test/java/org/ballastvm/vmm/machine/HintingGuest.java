package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.vmm.boot.KernelFiles;
import org.ballastvm.vmm.config.AutoBalloonConfig;
import org.ballastvm.vmm.config.BootConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.MemoryConfig;

/**
 * A guest with a driver for free page hinting, of some hundred bytes: {@code hinting-guest.s}, assembled. Again and again it
 * fills 64 MiB, waits to be asked, names all of it, and from then on writes to pages of it at random until the device is
 * through. Each value that it writes it writes to a ledger too, on pages that it does not name.
 */
public final class HintingGuest {
  static final long FREE = 0x200_0000;
  public static final int PAGES = 16384;
  private static final long GO = 0x60_4000;
  private static final long STATE = 0x60_4004;
  private static final long LEDGER = 0x80_0000;
  private static final int SIZE_MIB = 128;
  private static final int DEVICES_PAGE = 15;
  private static final String CODE = """
      b80418008066baf80cef66b8060066bafc0c66efb82018008066baf80cef66bafc0ced83e0f089c3c6431400c6431401c6431403c7430800
      000000c7430c08000000c7430801000000c7430c01000000c643140b66c74316020066c743188000c7432000006000c7432400000000c743
      2800106000c7432c00000000c7433000206000c743340000000066c7431c0100c643140f4531ff41bd0100000031c989c8c1e00489cac1e2
      1481c200000002899000006000c7800400600000000000c7800800600000001000c7800c00600002000000ffc183f94072c5c70425000460
      0000306000c704250404600000000000c704250804600004000000c704250c0460000000000031c9bf000000024c89e848c1e0208d510148
      09d048890748c704cd000080000000000081c700100000ffc181f90040000072d444892c2504406000f3908b830820000085c079f4890425
      00306000b840000000e87400000031ed89e8e86b000000b9c8000000e886000000ffc583fd4072e8f390668b042502206000664439f875f0
      c704250030600000000000b840000000e835000000b964000000e8500000008b830820000083f80175eb4489e8f7d889042504406000f390
      44392c250040600075f441ffc5e934ffffff410fb7d783e27f668904550410600041ffc76644893c250210600066c783083000000200c34c
      89e048c1e00d4931c44c89e048c1e8074931c44c89e048c1e0114931c44489e2c1ea0481e2ff3f000089d083e00f83f80f741489d7c1e70c
      4c89a7000000024c8924d500008000ffc975b4c3
      """;

  private final Machine machine;

  public HintingGuest(Machine machine) { this.machine = machine; }

  /** It, with its random numbers from a seed. */
  public static TestMachine with(Path directory, int seed, Optional<String> iothread) throws IOException {
    byte[] code = HexFormat.of().parseHex(CODE.replaceAll("\\s", ""));
    ByteBuffer program = ByteBuffer.allocate(6 + code.length).order(ByteOrder.LITTLE_ENDIAN);
    program.put((byte) 0x41).put((byte) 0xbc).putInt(seed).put(code); // mov r12d, seed
    Path kernel = Files.write(directory.resolve("hinting"), KernelFiles.bzImage(program.array()));
    return TestMachine.of(directory, new Program()).with(MemoryConfig.of((long) SIZE_MIB << 20))
        .with(new BootConfig.Linux(kernel, Optional.empty(), ""))
        .with(new DeviceConfig.Balloon(Optional.of("balloon0"), OptionalInt.of(3), BalloonConfig.DEFAULTS,
            AutoBalloonConfig.DEFAULTS, true,
            iothread));
  }

  /** Whether it has filled its pages for the n-th time, n from 1, and waits to be asked. */
  public boolean waitsToBeAsked(int n) {
    return state() == n;
  }

  /** Whether the device is through with the n-th time; nothing is written any more. */
  public boolean isThrough(int n) {
    return state() == -n;
  }

  private int state() { return machine.ram().getInt(STATE); }

  @Override
  public String toString() { return "state " + state() + ", " + registers(); }

  private String registers() {
    String[] text = new String[1];
    machine.onLoop(() -> machine.whileVcpusAreOut(
        () -> text[0] = machine.vcpus().getFirst().vcpu().registers().getGeneral().toString()));
    return text[0];
  }

  /** Has it go on after the n-th time. */
  public void goOn(int n) { machine.onLoop(() -> machine.ram().putInt(GO, n)); }

  /** Whether it leaves a page to devices. */
  public static boolean isForDevices(int page) {
    return page % (DEVICES_PAGE + 1) == DEVICES_PAGE;
  }

  /** What it wrote to a page since it was asked; 0 if nothing. */
  public long written(int page) {
    return machine.ram().getLong(LEDGER + 8L * page);
  }

  /**
   * Requires that nothing was lost of a page that it named the n-th time: what was written to it since is there; else what
   * it was filled with, or zeros, if the host has it.
   *
   * @param written since it was asked; 0 if nothing
   * @param which says what run this is
   * @return whether it is zeros
   */
  public boolean requireKept(int page, int n, long written, String which) {
    long content = machine.ram().getLong(FREE + 4096L * page);
    if (written == 0 && content == 0) {
      return true;
    }
    long expected = written == 0 ? (long) n << 32 | page + 1 : written;
    assertEquals(expected, content, () -> which + ": page " + page + (written == 0 ? "" : ", which was written to"));
    return false;
  }
}

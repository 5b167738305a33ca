package org.ballastvm.rig;

import java.nio.file.Path;

/**
 * A machine as Bochs has it described.
 *
 * @param memoryMiB its memory
 * @param disc      the CD that it starts from
 * @param console   where the output of its first serial port goes
 */
record BochsConfig(int memoryMiB, Path disc, Path console) {
  /** The programs' time is counted in instructions: so many are a second. */
  private static final int INSTRUCTIONS_PER_SECOND = 100_000_000;

  /** Haswell is the model of Bochs that has EPT, unrestricted guests and APIC virtualization, and is known to boot. */
  private static final String MODEL = "corei7_haswell_4770";

  /**
   * {@return the text of a bochsrc}
   *
   * The display is a VNC server that waits for no client: it alone of Debian's displays runs without a terminal. The VGA
   * BIOS is Bochs's own, as Bochs's BIOS does not start without. Sound is played to nobody: on a host with ALSA and no card
   * Bochs 2.7 dies of it.
   */
  String text() { return """
      config_interface: textconfig
      display_library: rfb, options="timeout=0"
      megs: %d
      cpu: model=%s, count=1, ips=%d, reset_on_triple_fault=0
      romimage: file=/usr/share/bochs/BIOS-bochs-latest
      vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
      ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
      ata0-master: type=cdrom, path="%s", status=inserted
      boot: cdrom
      com1: enabled=1, mode=file, dev="%s"
      clock: sync=none, time0=local
      sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
      log: -
      panic: action=fatal
      error: action=ignore
      info: action=ignore
      debug: action=ignore
      """.formatted(memoryMiB, MODEL, INSTRUCTIONS_PER_SECOND, disc, console); }
}

package org.ballastvm.vmm.vhostuser;

import java.nio.file.Path;
import java.util.List;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.ImageConfig;

/** What qemu-storage-daemon is started with, qemu-storage-daemon(1). */
final class StorageCommand {
  /**
   * A shell between both: the daemon does not end with whom it serves, and this ends it when its own input does, which is
   * with this process, however that ends. $1 to the last are the daemon's words.
   */
  private static final String KEEPER = "exec 3<&0; \"$@\" 3<&- & daemon=$!;"
      + " (read -r end <&3; kill $daemon) > /dev/null 2>&1 & keeper=$!;"
      + " wait $daemon; status=$?; kill $keeper 2> /dev/null; exit $status";

  private StorageCommand() {}

  /**
   * The command, whose input is to be kept open.
   *
   * @param program the daemon
   * @param drive what it is to serve
   * @param queues how many queues it serves
   * @param blockBytes the size of a logical block, in bytes
   * @param socket where it listens
   */
  static List<String> of(Path program, DriveConfig drive, int queues, int blockBytes, Path socket) {
    ImageConfig image = drive.image();
    String cache = ",cache.direct=" + word(image.direct()) + ",cache.no-flush=" + word(image.noFlush()) + ",read-only="
        + word(image.readOnly()) + ",discard=" + (image.discard() ? "unmap" : "ignore");
    return List.of("/bin/sh", "-c", KEEPER, "sh", program.toString(), "--blockdev",
        "driver=file,node-name=file,filename=" + escape(image.file()) + ",aio=" + image.aio().word() + ",locking="
            + locking(image) + cache,
        "--blockdev", "driver=" + drive.format().orElse("raw") + ",node-name=disk,file=file" + cache, "--export",
        "type=vhost-user-blk,id=export,node-name=disk,writable=" + word(!image.readOnly()) + ",num-queues=" + queues
            + ",logical-block-size=" + blockBytes + ",addr.type=unix,addr.path=" + escape(socket));
  }

  private static String word(boolean on) { return on ? "on" : "off"; }

  private static String locking(ImageConfig image) {
    return switch (image.locking()) {
      case AUTO -> "auto";
      case ON -> "on";
      case OFF -> "off";
    };
  }

  /** A comma would end a value. */
  private static String escape(Path file) {
    return file.toAbsolutePath().toString().replace(",", ",,");
  }
}

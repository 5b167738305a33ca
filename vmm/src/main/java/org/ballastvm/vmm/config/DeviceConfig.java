package org.ballastvm.vmm.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.virtio.blk.BlkConfig;
import org.ballastvm.virtio.mem.MemConfig;
import org.ballastvm.virtio.net.MacAddress;
import org.ballastvm.virtio.net.NetConfig;

/** {@code -device}: one device of the machine. */
public interface DeviceConfig {
  /** After how many seconds a guest's silence is reported: Linux's second try to plug or unplug is after 50. */
  long USUAL_OVERDUE_SECONDS = 60;
  /** Upper bound of request-timeout, in seconds. */
  long MOST_OVERDUE_SECONDS = 1 << 30;

  /** {@return the id a monitor names it by, if it was given one} */
  Optional<String> id();

  /** {@return the name that {@code -device} knows it by} */
  String driver();

  /** {@return how sentences call it: {@code device ID}, with the driver's name for one without an id} */
  default String inWords() {
    return "device " + id().orElse(driver());
  }

  /** {@return whether a program beside this one has to have guest memory for it, so that it must be shared} */
  default boolean sharesMemory() {
    return false;
  }

  /** A device on PCI. */
  interface OnPci extends DeviceConfig {
    /** {@return the PCI slot that was asked for, 1 to 31; the first free one when empty} */
    OptionalInt slot();
  }

  /**
   * {@code virtio-balloon-pci}.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   * @param properties what it offers the guest
   * @param auto its automatic mode
   * @param freePageHint {@code free-page-hint}: whether the guest can be asked to name its free pages
   * @param iothread id of the thread that gives back what it names; the event loop does when empty
   */
  record Balloon(Optional<String> id, OptionalInt slot, BalloonConfig properties, AutoBalloonConfig auto,
      boolean freePageHint, Optional<String> iothread)
      implements
        OnPci {
    /**
     * One whose guest is not asked for free pages.
     *
     * @param id the id, if given
     * @param slot the PCI slot, 1 to 31; the first free one when empty
     * @param properties what it offers the guest
     * @param auto its automatic mode
     */
    public Balloon(Optional<String> id, OptionalInt slot, BalloonConfig properties, AutoBalloonConfig auto) {
      this(id, slot, properties, auto, false, Optional.empty());
    }

    /**
     * One whose size nobody changes but a user.
     *
     * @param id the id, if given
     * @param slot the PCI slot, 1 to 31; the first free one when empty
     * @param properties what it offers the guest
     */
    public Balloon(Optional<String> id, OptionalInt slot, BalloonConfig properties) {
      this(id, slot, properties, AutoBalloonConfig.DEFAULTS);
    }

    @Override
    public String driver() { return "virtio-balloon-pci"; }
  }

  /**
   * {@code virtio-blk-pci}: a disk.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   * @param drive id of the {@code -drive}, or name of the node, that it is
   * @param properties what it offers the guest, as far as its drive allows
   * @param queueEachCpu whether it has a queue for each processor, whatever its properties say
   * @param iothread id of the thread that hears the guest; one that such devices share when empty
   * @param writeCache whether a write may be lost until a flush; as the drive says when empty
   * @param shareRw whether others may write to the same file
   * @param onWriteError what is done when the host fails to write; as the drive says when empty
   * @param onReadError what is done when the host fails to read; as the drive says when empty
   */
  record Blk(Optional<String> id, OptionalInt slot, String drive, BlkConfig properties, boolean queueEachCpu,
      Optional<String> iothread, Optional<Boolean> writeCache, boolean shareRw, Optional<ErrorPolicy> onWriteError,
      Optional<ErrorPolicy> onReadError)
      implements
        OnPci {
    /**
     * One as {@code if=virtio} makes it.
     *
     * @param drive id of the {@code -drive}
     * @return the device
     */
    public static Blk of(String drive) {
      return new Blk(Optional.empty(), OptionalInt.empty(), drive, BlkConfig.DEFAULTS, true, Optional.empty(),
          Optional.empty(), false, Optional.empty(), Optional.empty());
    }

    @Override
    public String driver() { return "virtio-blk-pci"; }
  }

  /**
   * {@code virtio-rng-pci}, fed by the host's getrandom.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   */
  record Rng(Optional<String> id, OptionalInt slot) implements OnPci {
    @Override
    public String driver() { return "virtio-rng-pci"; }
  }

  /**
   * {@code virtio-9p-pci}: a folder of the host.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   * @param fsdev id of the {@code -fsdev}
   * @param mountTag what the guest mounts it by
   */
  record Folder(Optional<String> id, OptionalInt slot, String fsdev, String mountTag) implements OnPci {
    @Override
    public String driver() { return "virtio-9p-pci"; }
  }

  /**
   * {@code vhost-vsock-pci}: the guest's sockets are the host's, by the host's kernel.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   * @param guestCid the guest's number, 3 to 2^32 - 2
   * @param descriptor the number of a descriptor that this process has inherited; the kernel's device is opened when empty
   */
  record HostVsock(Optional<String> id, OptionalInt slot, long guestCid, OptionalInt descriptor) implements OnPci {
    @Override
    public String driver() { return "vhost-vsock-pci"; }
  }

  /**
   * {@code virtio-vsock-pci}: the guest's sockets lead to Unix sockets.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   * @param guestCid the guest's number, 3 to 2^32 - 2
   * @param path of the socket that programs connect to
   */
  record Vsock(Optional<String> id, OptionalInt slot, long guestCid, Path path) implements OnPci {
    @Override
    public String driver() { return "virtio-vsock-pci"; }
  }

  /**
   * {@code vhost-user-blk-pci}: a disk that another program has.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   * @param chardev id of the socket that leads to the program
   * @param queues how many queues; when empty as many as processors, or what the program serves if that is less
   * @param queueSize entries of each queue
   */
  record UserBlk(Optional<String> id, OptionalInt slot, String chardev, OptionalInt queues, int queueSize)
      implements
        OnPci {
    @Override
    public String driver() { return "vhost-user-blk-pci"; }

    @Override
    public boolean sharesMemory() { return true; }
  }

  /**
   * {@code vhost-user-fs-pci}: a folder that another program has, virtiofsd above all.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   * @param chardev id of the socket that leads to the program
   * @param tag what the guest mounts it by
   * @param requestQueues how many queues for requests
   * @param queueSize entries of each queue
   */
  record UserFs(Optional<String> id, OptionalInt slot, String chardev, String tag, int requestQueues, int queueSize)
      implements
        OnPci {
    /** The longest tag, in bytes of UTF-8. Virtio 1.3, 5.11.4. */
    public static final int MOST_TAG_BYTES = 36;

    @Override
    public String driver() { return "vhost-user-fs-pci"; }

    @Override
    public boolean sharesMemory() { return true; }
  }

  /**
   * {@code virtio-net-pci}.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   * @param netdev id of the {@code -netdev} at the other end of its wire
   * @param mac its address; one that the machine has not given yet when empty
   * @param mq whether it has as many pairs of queues as its netdev
   * @param vectors how many interrupts were asked for, if any were
   * @param mtu how long a packet may be, as the guest is told, if it is
   * @param rxQueueSize entries of each queue for received frames
   * @param txQueueSize entries of each queue for frames to send
   */
  record Net(Optional<String> id, OptionalInt slot, String netdev, Optional<MacAddress> mac, boolean mq,
      OptionalInt vectors, OptionalInt mtu, int rxQueueSize, int txQueueSize)
      implements
        OnPci {
    /**
     * A card as {@code -nic} makes it.
     *
     * @param netdev at the other end of its wire
     * @return the device
     */
    public static Net of(NetdevConfig netdev) {
      return new Net(Optional.empty(), OptionalInt.empty(), netdev.id(), Optional.empty(), netdev.queues() > 1,
          OptionalInt.empty(), OptionalInt.empty(), NetConfig.LEAST_QUEUE, NetConfig.LEAST_QUEUE);
    }

    @Override
    public String driver() { return "virtio-net-pci"; }
  }

  /**
   * {@code virtio-mem-pci}.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   * @param memdev id of the {@code -object} with its memory
   * @param node the guest's node that the memory belongs to
   * @param requestedBytes how much the guest should plug at first, in bytes
   * @param blockBytes what is plugged at once, a power of two of at least 1 MiB; what suits the host when empty
   * @param address where its region begins; the first place that is free when empty
   * @param prealloc whether the host takes memory for a block when it is plugged
   * @param inaccessible what the driver is offered for blocks that are not plugged
   * @param overdueSeconds after how many seconds an open request is reported; 0 for never
   */
  record Mem(Optional<String> id, OptionalInt slot, String memdev, int node, long requestedBytes,
      OptionalLong blockBytes, OptionalLong address, boolean prealloc, MemConfig.Inaccessible inaccessible,
      long overdueSeconds)
      implements
        OnPci {
    @Override
    public String driver() { return "virtio-mem-pci"; }
  }

  /**
   * {@code virtio-serial-pci}: a card for ports.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   * @param maxPorts how many ports it can have, 1 to 31
   */
  record SerialCard(Optional<String> id, OptionalInt slot, int maxPorts) implements OnPci {
    @Override
    public String driver() { return "virtio-serial-pci"; }
  }

  /**
   * {@code virtconsole} or {@code virtserialport}: a port of a {@link SerialCard}.
   *
   * @param id the id, if given
   * @param console whether the guest makes a console of it
   * @param bus the card's bus, such as {@code vs0.0}; the first with room when empty
   * @param chardev id of the chardev at its other end; nobody is there when empty
   * @param name what the guest finds it by, 1 to 255 bytes of UTF-8; nothing when empty
   * @param number its number on the card; the first free one when empty
   */
  record SerialPort(Optional<String> id, boolean console, Optional<String> bus, Optional<String> chardev,
      Optional<String> name, OptionalInt number)
      implements
        DeviceConfig {
    @Override
    public String driver() { return console ? "virtconsole" : "virtserialport"; }
  }

  /**
   * {@code pc-dimm}: a piece of memory.
   *
   * @param id the id, if given
   * @param memdev id of the memory backend that it holds all of
   * @param slot its slot, from 0; the first free one when empty
   * @param address its guest physical address; the first that fits when empty
   * @param node its NUMA node
   * @param overdueSeconds after how many seconds without the guest's answer that is reported; 0 for never
   */
  record Dimm(Optional<String> id, String memdev, OptionalInt slot, OptionalLong address, int node, long overdueSeconds)
      implements
        DeviceConfig {
    @Override
    public String driver() { return "pc-dimm"; }
  }

  /**
   * {@code pvpanic}: the port by which a guest reports that it has panicked.
   *
   * @param id the id, if given
   */
  record Panic(Optional<String> id) implements DeviceConfig {
    @Override
    public String driver() { return "pvpanic"; }
  }

  /**
   * {@code pvpanic-pci}: the same in a PCI slot.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   */
  record PciPanic(Optional<String> id, OptionalInt slot) implements OnPci {
    @Override
    public String driver() { return "pvpanic-pci"; }
  }

  /**
   * {@code java}: a device that a user wrote.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   * @param source its file of Java source, which is compiled; empty for one on a class path
   * @param className the name of its class; empty for the only device of its source
   * @param classPath directories and archives with its class, or with what its source needs
   */
  record Java(Optional<String> id, OptionalInt slot, Optional<Path> source, Optional<String> className,
      List<Path> classPath) implements OnPci {
    @Override
    public String driver() { return "java"; }
  }

  /**
   * {@code i6300esb}: a watchdog.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   */
  record Watchdog(Optional<String> id, OptionalInt slot) implements OnPci {
    @Override
    public String driver() { return "i6300esb"; }
  }

  /**
   * {@code vmgenid}: which generation the machine is.
   *
   * @param id the id, if given
   * @param guid its number; one by chance when empty
   */
  record Generation(Optional<String> id, Optional<UUID> guid) implements DeviceConfig {
    @Override
    public String driver() { return "vmgenid"; }
  }

  /**
   * {@code vmcoreinfo}: where a guest's kernel says what tools need to read its memory.
   *
   * @param id the id, if given
   */
  record CoreInfo(Optional<String> id) implements DeviceConfig {
    @Override
    public String driver() { return "vmcoreinfo"; }
  }

  /**
   * {@code isa-debug-exit}: a port by which a guest ends the machine with an exit status.
   *
   * @param id the id, if given
   * @param port its I/O port
   * @param portCount how many ports it takes
   */
  record DebugExit(Optional<String> id, int port, int portCount) implements DeviceConfig {
    @Override
    public String driver() { return "isa-debug-exit"; }
  }
}

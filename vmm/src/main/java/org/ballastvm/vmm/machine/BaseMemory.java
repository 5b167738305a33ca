package org.ballastvm.vmm.machine;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.ballastvm.vmm.memory.MemoryObjects;
import org.ballastvm.vmm.state.MachineScope;

/** The memory that a guest starts with: what nodes or the machine name, or private anonymous memory. */
public final class BaseMemory {
  /** The id of base memory that nobody named. */
  public static final String OWN_RAM = "ballast.ram";

  private final MachineConfig config;
  private final MemoryObjects objects;

  BaseMemory(MachineConfig config, MemoryObjects objects) {
    this.config = config;
    this.objects = objects;
  }

  /** {@return it, in the order of its addresses, when all backends that the user asked for have been created} */
  List<MemoryBackend> open() {
    config.backends().forEach(this::create);
    List<String> ofNodes = config.numa().nodes().stream().flatMap(node -> node.backend().stream()).toList();
    if (!ofNodes.isEmpty()) {
      if (config.memory().backend().isPresent()) {
        throw new UserError("-machine memory-backend=" + id()
            + ": '-machine memory-backend' and '-numa memdev' properties are mutually exclusive");
      }
      return ofNodes.stream().map(id -> objects.claim(id, "base memory")).toList();
    }
    return List.of(whole());
  }

  private MemoryBackend whole() {
    long size = config.memory().sizeBytes();
    String id = id();
    if (config.memory().backend().isEmpty()) {
      create(own(id, size));
    } else if (config.backends().stream().noneMatch(named -> named.id().equals(id))) {
      throw new UserError("-machine memory-backend=" + id
          + ": there is no such object; it must be the id of a -object memory-backend-*");
    }
    MemoryBackend named = objects.claim(id, "base memory");
    if (named.config().sizeBytes() != size) {
      throw new UserError("-machine memory-backend=" + id + ": its size is " + named.config().sizeBytes()
          + " bytes, and -m asks for " + size + "; they must be equal");
    }
    return named;
  }

  private BackendConfig own(String id, long size) {
    Optional<String> sharing = sharing();
    if (sharing.isEmpty()) {
      return new BackendConfig.Ram(id, size, BackendConfig.Common.DEFAULTS);
    }
    MachineScope.current()
        .note("ballast: guest memory is a memfd, share=on, because " + sharing.get() + " is served by another program");
    return new BackendConfig.Memfd(id, size, BackendConfig.Common.SHARED, false, OptionalLong.empty());
  }

  /** The first device that another program serves, in words. */
  private Optional<String> sharing() {
    return config.devices().stream().filter(DeviceConfig::sharesMemory).map(DeviceConfig::inWords).findFirst()
        .or(() -> config.disks().drives().stream().filter(drive -> drive.format().isPresent())
            .map(drive -> "drive " + drive.id()).findFirst());
  }

  private String id() { return config.memory().backend().orElse(OWN_RAM); }

  private void create(BackendConfig wanted) {
    try {
      objects.create(wanted);
    } catch (HostError e) {
      if (!e.errno().equals(Errno.ENOMEM)) {
        throw e;
      }
      String why = wanted instanceof BackendConfig.Memfd memfd && memfd.hugetlb()
          ? "this host has too few free huge pages (/proc/sys/vm/nr_hugepages); "
          : "this host promises a guest at most all its memory and swap; give less, or reserve=off to a memory backend; ";
      String what = wanted.id().equals(id()) ? "-m size=" : "-object id=" + wanted.id() + ",size=";
      throw new UserError(what + ByteSize.describe(wanted.sizeBytes()) + ": " + why + e.getMessage(), e);
    }
  }
}

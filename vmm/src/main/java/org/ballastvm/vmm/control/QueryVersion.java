package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.state.Version;
import org.ballastvm.vmm.wire.Member;

/** {@code query-version} */
public final class QueryVersion implements QmpCommand<QmpCommand.NoArguments, QueryVersion.VersionInfo> {
  /** The QEMU whose words are spoken here, and who speaks them. */
  public static final VersionInfo VERSION = new VersionInfo(new VersionTriple(7, 2, 0), "Ballast " + Version.TEXT);

  /** A version. */
  public record VersionInfo(@Member("the QEMU whose commands these are") VersionTriple qemu,
      @Member(value = "what it is really", name = "package") String packageName) {}

  /** Three numbers. */
  public record VersionTriple(int major, int minor, int micro) {}

  @Override
  public String name() { return "query-version"; }

  @Override
  public String help() { return "Returns the version."; }

  @Override
  public VersionInfo run(Machine vm, NoArguments arguments) { return VERSION; }
}

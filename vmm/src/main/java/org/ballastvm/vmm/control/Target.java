package org.ballastvm.vmm.control;

import org.ballastvm.vmm.wire.WireNamed;

/** What a machine's processors are. */
enum Target implements WireNamed {
  /** 64-bit x86. */
  X86_64("x86_64");

  private final String wireName;

  Target(String wireName) { this.wireName = wireName; }

  @Override
  public String wireName() { return wireName; }
}

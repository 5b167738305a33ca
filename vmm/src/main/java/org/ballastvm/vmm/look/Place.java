package org.ballastvm.vmm.look;

/**
 * Where an address is.
 *
 * @param symbol the function or variable
 * @param offset in it, in bytes
 * @param sizeBytes of it; 0 if that is not known
 * @param module whose it is; empty for the kernel's own
 */
record Place(String symbol, long offset, long sizeBytes, String module) {
  Place(String symbol, long offset, long sizeBytes) { this(symbol, offset, sizeBytes, ""); }

  /** {@return as the kernel writes it} */
  String words() {
    return symbol + "+0x" + Long.toHexString(offset) + "/0x" + Long.toHexString(sizeBytes)
        + (module.isEmpty() ? "" : " [" + module + "]");
  }
}

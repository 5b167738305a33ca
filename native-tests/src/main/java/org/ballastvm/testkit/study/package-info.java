/** {@code ballast study}: one resize through balloon, virtio-mem and DIMM, side by side. */
package org.ballastvm.testkit.study;

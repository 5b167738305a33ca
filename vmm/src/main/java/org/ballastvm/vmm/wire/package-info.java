/** Values as the machine protocol has them: JSON in and out, and what records and constants are called in it. */
package org.ballastvm.vmm.wire;

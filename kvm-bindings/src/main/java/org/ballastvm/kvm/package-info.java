/** The only module with native calls. */
package org.ballastvm.kvm;

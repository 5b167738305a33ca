/** How people find machines that run, and talk to them: {@code ballast ps}, {@code ballast monitor}. */
package org.ballastvm.vmm.attach;

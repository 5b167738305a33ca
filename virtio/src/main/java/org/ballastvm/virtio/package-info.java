/** What every virtio device is to its transport, has of the host and reports to a monitor; knows nothing of KVM. */
package org.ballastvm.virtio;

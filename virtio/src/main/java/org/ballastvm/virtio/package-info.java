/** What every virtio device is to its transport, has of the host and tells a monitor; knows nothing of KVM. */
package org.ballastvm.virtio;

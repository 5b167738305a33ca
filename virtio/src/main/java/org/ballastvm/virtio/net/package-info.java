/** The network card: what goes between a guest's queues and whoever is at the other end of its wire. */
package org.ballastvm.virtio.net;

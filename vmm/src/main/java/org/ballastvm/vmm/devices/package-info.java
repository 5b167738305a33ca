/** The devices that a user asks for: how each kind is made and tied to the machine, and what it is called. */
package org.ballastvm.vmm.devices;

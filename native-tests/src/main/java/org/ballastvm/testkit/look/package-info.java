/** A guest's memory, page tables and symbols as they show from outside: without an agent, also of a guest that hangs. */
package org.ballastvm.testkit.look;

/** What runs in a guest beside the console: programs, files and sockets, over a channel of their own. */
package org.ballastvm.testkit.agent;

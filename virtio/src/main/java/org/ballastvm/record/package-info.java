/** What passes between a driver and its device as data: events, their text, how two recordings differ. Knows no device. */
package org.ballastvm.record;

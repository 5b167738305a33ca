/** What tests of the 9P device and of the file server behind it say and hear. */
package org.ballastvm.p9;

/**
 * What real drivers of Linux do when it gets difficult: each scenario is a method that takes a guest, so that it runs on any kernel,
 * and on a driver with a bug in it. They are examples, too.
 */
package org.ballastvm.testkit.scenario;

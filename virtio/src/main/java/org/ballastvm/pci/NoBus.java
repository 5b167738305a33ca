package org.ballastvm.pci;

/** What a function is on that was taken off its bus: nobody is there. */
enum NoBus implements PciHost {
  INSTANCE;

  @Override
  public void barMapped(int bar, long base) {
    // Nothing answers.
  }

  @Override
  public void barUnmapped(int bar, long base) {
    // Nothing answered.
  }

  @Override
  public void setInterruptPin(boolean high) {
    // The pin is wired to nothing.
  }

  @Override
  public void routeVector(int vector, long address, int data) {
    // No message leaves.
  }

  @Override
  public void triggerVector(int vector) {
    // No message leaves.
  }

  @Override
  public void ring(int doorbell) {
    // Nobody hears it.
  }
}

package org.ballastvm.acpi;

/** A value that is computed, so that it can also stand alone as a statement, for its effect. */
public sealed interface AmlExpression extends AmlValue, AmlTerm
    permits AmlValue.Binary, AmlValue.Unary, AmlValue.Divide, AmlValue.Logical, AmlValue.LogicalNot, AmlValue.DerefOf,
    AmlValue.SizeOf, AmlValue.ObjectType, AmlValue.Call, AmlValue.Acquire, AmlValue.Store, AmlValue.Increment,
    AmlValue.Decrement {}

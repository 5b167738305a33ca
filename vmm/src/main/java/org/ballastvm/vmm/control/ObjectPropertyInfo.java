package org.ballastvm.vmm.control;

import java.util.Optional;
import org.ballastvm.vmm.config.ModelProperty;
import org.ballastvm.vmm.wire.Member;

/** A property that users may give. */
public record ObjectPropertyInfo(@Member("its name") String name, @Member("its type") String type,
    @Member("what it is, in a few words") Optional<String> description,
    @Member("what it is when it is not given") Optional<Object> defaultValue) {
  static ObjectPropertyInfo of(ModelProperty<?> property) {
    return new ObjectPropertyInfo(property.name(), property.type(), property.description(), property.fallback());
  }
}

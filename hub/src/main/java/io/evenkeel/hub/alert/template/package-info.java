/// The part of Go's template language that people use in labels and annotations of rules: no loops
/// without data, bounded output, no access to anything but what it is given.
@NullMarked
package io.evenkeel.hub.alert.template;

import org.jspecify.annotations.NullMarked;

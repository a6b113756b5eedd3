/// The chain of hashes that shows an audit log which was altered.
@NullMarked
package io.evenkeel.model.audit;

import org.jspecify.annotations.NullMarked;

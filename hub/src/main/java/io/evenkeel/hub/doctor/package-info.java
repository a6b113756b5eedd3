/// What `evenkeel doctor` looks at: whether this installation can do its work.
@NullMarked
package io.evenkeel.hub.doctor;

import org.jspecify.annotations.NullMarked;

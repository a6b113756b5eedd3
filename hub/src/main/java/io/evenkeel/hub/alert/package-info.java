/// Rules, their evaluation and the state of every alert.
@NullMarked
package io.evenkeel.hub.alert;

import org.jspecify.annotations.NullMarked;

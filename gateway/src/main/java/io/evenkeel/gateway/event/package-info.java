/// What a gateway tells its owner: whoever runs it logs these, stores them or raises alerts.
@NullMarked
package io.evenkeel.gateway.event;

import org.jspecify.annotations.NullMarked;

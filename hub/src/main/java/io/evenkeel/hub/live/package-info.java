/// Live values: what browsers watch is evaluated once per arrival of samples and sent as frames.
@NullMarked
package io.evenkeel.hub.live;

import org.jspecify.annotations.NullMarked;

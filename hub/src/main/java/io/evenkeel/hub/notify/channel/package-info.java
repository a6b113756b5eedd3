/// The services through which people are told, one file each, and what they have in common.
@NullMarked
package io.evenkeel.hub.notify.channel;

import org.jspecify.annotations.NullMarked;

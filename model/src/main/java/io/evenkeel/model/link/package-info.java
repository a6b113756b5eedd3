/// The line between an agent or a stand-alone gateway and its hub, on the JDK's sockets alone.
@NullMarked
package io.evenkeel.model.link;

import org.jspecify.annotations.NullMarked;

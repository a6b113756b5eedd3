/// Interfaces, protocols, sockets.
@NullMarked
package io.evenkeel.agent.collect.network;

import org.jspecify.annotations.NullMarked;

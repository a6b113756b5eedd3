/// systemd's units, asked over D-Bus.
@NullMarked
package io.evenkeel.agent.collect.systemd;

import org.jspecify.annotations.NullMarked;

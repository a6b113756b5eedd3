/// Which backends may be asked, how often and how much: checks, ejection, budgets and limits,
/// without sockets or clocks.
@NullMarked
package io.evenkeel.gateway.health;

import org.jspecify.annotations.NullMarked;

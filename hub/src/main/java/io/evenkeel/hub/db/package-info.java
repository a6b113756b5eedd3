/// The settings database: connections, transactions, migrations. Each feature keeps its own
/// `*Store` on it.
@NullMarked
package io.evenkeel.hub.db;

import org.jspecify.annotations.NullMarked;

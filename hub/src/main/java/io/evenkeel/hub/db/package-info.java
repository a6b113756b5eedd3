/// The settings database: connections, transactions, migrations. Each feature has its own store on
/// it.
@NullMarked
package io.evenkeel.hub.db;

import org.jspecify.annotations.NullMarked;

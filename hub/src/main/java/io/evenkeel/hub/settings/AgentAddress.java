package io.evenkeel.hub.settings;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.security.AuditStore;
import java.util.Optional;

/// Where agents of other servers come in. Safe for use by many threads.
public final class AgentAddress {
  private static final String KEY = "agents.listen";

  private final Database database;
  private final AuditStore audit;
  private final SettingStore settings = new SettingStore();

  public AgentAddress(Database database, AuditStore audit) {
    this.database = database;
    this.audit = audit;
  }

  /// The address and port; empty before an administrator set one.
  public Optional<String> current() {
    return database.read(transaction -> settings.find(transaction, KEY));
  }

  /// Sets it.
  public void change(String address, String actor) {
    database.change(transaction -> {
      settings.put(transaction, KEY, address);
      audit.append(transaction, actor, "settings.agents", "listen", address);
    });
  }
}

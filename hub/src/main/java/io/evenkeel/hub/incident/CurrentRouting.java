package io.evenkeel.hub.incident;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.settings.SettingStore;
import tools.jackson.databind.json.JsonMapper;

/// The routing that holds now, kept in the settings. Safe for use by many threads.
final class CurrentRouting {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String ROUTING = "incident.routing";

  private final SettingStore settings = new SettingStore();
  private volatile Routing now;

  CurrentRouting(Database database) {
    now =
        database
            .read(transaction -> settings.find(transaction, ROUTING))
            .map(json -> JSON.readValue(json, Routing.class))
            .orElse(Routing.DEFAULT);
  }

  Routing now() {
    return now;
  }

  void change(Transaction transaction, Routing wanted) {
    settings.put(transaction, ROUTING, JSON.writeValueAsString(wanted));
    now = wanted;
  }
}

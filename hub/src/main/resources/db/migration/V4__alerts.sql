-- Rule files as they were imported, byte for byte.
CREATE TABLE rule_files (
  name       TEXT PRIMARY KEY,
  content    TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- Rules made in the pages, as JSON.
CREATE TABLE alert_rules (
  id         TEXT PRIMARY KEY,
  definition TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE disabled_rules (
  id TEXT PRIMARY KEY
);

-- Every alert that is not inactive, so that a restart forgets neither firing nor pending ones.
CREATE TABLE alert_states (
  rule_id      TEXT NOT NULL,
  fingerprint  TEXT NOT NULL,
  labels       TEXT NOT NULL,
  annotations  TEXT NOT NULL,
  state        TEXT NOT NULL,
  no_data      BOOLEAN NOT NULL,
  active_at    BIGINT NOT NULL,
  fired_at     BIGINT NOT NULL,
  last_true_at BIGINT NOT NULL,
  value        DOUBLE PRECISION,
  PRIMARY KEY (rule_id, fingerprint)
);

CREATE TABLE incidents (
  id               TEXT PRIMARY KEY,
  group_key        TEXT NOT NULL,
  title            TEXT NOT NULL,
  subject          TEXT NOT NULL,
  severity         TEXT NOT NULL,
  labels           TEXT NOT NULL,
  state            TEXT NOT NULL,
  opened_at        BIGINT NOT NULL,
  resolved_at      BIGINT,
  acknowledged_at  BIGINT,
  acknowledged_by  TEXT,
  acknowledged_until BIGINT,
  assignee         TEXT,
  suppressed_by    TEXT,
  sequence         BIGINT NOT NULL,
  told_at          BIGINT NOT NULL,
  untold_change    BOOLEAN NOT NULL,
  escalated        INTEGER NOT NULL,
  turns            TEXT NOT NULL
);
CREATE INDEX incidents_by_group ON incidents (group_key, opened_at);
CREATE INDEX incidents_by_state ON incidents (state, opened_at);

CREATE TABLE incident_alerts (
  incident_id  TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
  rule_id      TEXT NOT NULL,
  fingerprint  TEXT NOT NULL,
  labels       TEXT NOT NULL,
  annotations  TEXT NOT NULL,
  expression   TEXT NOT NULL,
  condition_text TEXT NOT NULL,
  value        DOUBLE PRECISION,
  firing       BOOLEAN NOT NULL,
  starts_at    BIGINT NOT NULL,
  ends_at      BIGINT,
  PRIMARY KEY (incident_id, rule_id, fingerprint)
);
CREATE INDEX incident_alerts_by_alert ON incident_alerts (rule_id, fingerprint);

CREATE TABLE incident_events (
  incident_id TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
  at          BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  actor       TEXT NOT NULL,
  detail      TEXT NOT NULL
);
CREATE INDEX incident_events_by_incident ON incident_events (incident_id, at);

-- Silences and maintenance windows; matchers and schedule are JSON.
CREATE TABLE silences (
  id         TEXT PRIMARY KEY,
  matchers   TEXT NOT NULL,
  schedule   TEXT NOT NULL,
  kind       TEXT NOT NULL,
  comment    TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  ends_at    BIGINT
);

-- Ways to tell people. `form` and `recipients` are JSON; `secrets` is a JSON object sealed with the key file.
CREATE TABLE channels (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  kind        TEXT NOT NULL,
  form        TEXT NOT NULL,
  secrets     TEXT NOT NULL,
  recipients  TEXT NOT NULL,
  fallback_id TEXT REFERENCES channels (id) ON DELETE SET NULL,
  enabled     BOOLEAN NOT NULL,
  created_at  BIGINT NOT NULL,
  -- When people were last told that this channel does not deliver.
  problem_told_at BIGINT NOT NULL
);

-- Messages on their way: a row is written in the transaction of the change it tells of.
CREATE TABLE outbox (
  message_key   TEXT PRIMARY KEY,
  incident_id   TEXT NOT NULL,
  sequence      BIGINT NOT NULL,
  channel_id    TEXT NOT NULL,
  address       TEXT NOT NULL,
  language      TEXT NOT NULL,
  kind          TEXT NOT NULL,
  priority      INTEGER NOT NULL,
  notice        TEXT NOT NULL,
  event_at      BIGINT NOT NULL,
  created_at    BIGINT NOT NULL,
  next_try_at   BIGINT NOT NULL,
  attempts      INTEGER NOT NULL,
  state         TEXT NOT NULL,
  answer        TEXT NOT NULL,
  ended_at      BIGINT,
  fallback_of   TEXT,
  fallen_back   BOOLEAN NOT NULL
);
CREATE INDEX outbox_due ON outbox (channel_id, state, priority, created_at);
CREATE INDEX outbox_by_incident ON outbox (incident_id, sequence);
CREATE INDEX outbox_ended ON outbox (state, ended_at);

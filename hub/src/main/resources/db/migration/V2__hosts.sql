-- What a host has not told is null. Times are epoch milliseconds.
CREATE TABLE hosts (
  id             TEXT PRIMARY KEY,
  name           TEXT NOT NULL UNIQUE,
  os             TEXT,
  kernel         TEXT,
  arch           TEXT,
  cores          INTEGER,
  memory_bytes   BIGINT,
  booted_at      BIGINT,
  agent_version  TEXT,
  last_sample_at BIGINT,
  self           BOOLEAN NOT NULL,
  created_at     BIGINT NOT NULL
);

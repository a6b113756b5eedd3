-- What lets a server enrol. A token is used up by its uses or its end, and stays for its history.
CREATE TABLE enrolment_tokens (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  uses_left   INTEGER NOT NULL,
  network     TEXT NOT NULL,
  created_by  TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL
);

-- Servers whose agent enrolled. `serials` are the certificates that are good, the newest first.
CREATE TABLE agents (
  host_id     TEXT PRIMARY KEY,
  instance    TEXT NOT NULL,
  former      TEXT NOT NULL,
  machine     TEXT NOT NULL,
  serials     TEXT NOT NULL,
  expires_at  INTEGER NOT NULL,
  enrolled_at INTEGER NOT NULL,
  token       TEXT NOT NULL,
  retired_at  INTEGER
);

-- Times are epoch milliseconds. Secrets are kept as SHA-256 in hex; passwords as Argon2id in PHC form.
CREATE TABLE accounts (
  name_key      TEXT PRIMARY KEY,
  name          TEXT NOT NULL,
  role          TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at    BIGINT NOT NULL,
  last_login_at BIGINT
);

CREATE TABLE sessions (
  secret_hash TEXT PRIMARY KEY,
  name_key    TEXT NOT NULL REFERENCES accounts (name_key) ON DELETE CASCADE,
  created_at  BIGINT NOT NULL,
  used_at     BIGINT NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (name_key);

CREATE TABLE api_tokens (
  id           TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  role         TEXT NOT NULL,
  scope        TEXT NOT NULL,
  secret_hash  TEXT NOT NULL UNIQUE,
  created_at   BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL,
  last_used_at BIGINT
);

-- At most one row: a new link replaces the old one, a finished set-up removes it.
CREATE TABLE setup_links (
  secret_hash TEXT PRIMARY KEY,
  expires_at  BIGINT NOT NULL
);

CREATE TABLE preferences (
  name_key TEXT NOT NULL REFERENCES accounts (name_key) ON DELETE CASCADE,
  key      TEXT NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (name_key, key)
);

CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- Append-only: each row's hash covers the row and the hash before it.
CREATE TABLE audit (
  seq           BIGINT PRIMARY KEY,
  at            BIGINT NOT NULL,
  actor         TEXT NOT NULL,
  action        TEXT NOT NULL,
  target        TEXT NOT NULL,
  detail        TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash          TEXT NOT NULL
);

-- Every change of a backend's weight, with its reason.
CREATE TABLE weight_changes (
  seq         INTEGER PRIMARY KEY,
  pool        TEXT NOT NULL,
  backend     TEXT NOT NULL,
  at          BIGINT NOT NULL,
  weight_from DOUBLE PRECISION NOT NULL,
  weight_to   DOUBLE PRECISION NOT NULL,
  reason      TEXT NOT NULL,
  utilisation DOUBLE PRECISION,
  average     DOUBLE PRECISION
);
CREATE INDEX weight_changes_by_pool ON weight_changes (pool, at);

-- What people set on a backend while it runs, over the configuration.
CREATE TABLE backend_settings (
  pool     TEXT NOT NULL,
  backend  TEXT NOT NULL,
  draining BOOLEAN NOT NULL,
  weight   DOUBLE PRECISION,
  PRIMARY KEY (pool, backend)
);

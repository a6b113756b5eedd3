-- Trials of changes to servers' knobs. The details are JSON: the plan, the blocks, the guards, the report, later looks.
CREATE TABLE tuning_trials (
  id       TEXT PRIMARY KEY,
  host     TEXT NOT NULL,
  action   TEXT NOT NULL,
  target   TEXT NOT NULL,
  verdict  TEXT,
  effect   DOUBLE PRECISION,
  kept     INTEGER NOT NULL,
  began_at BIGINT NOT NULL,
  ended_at BIGINT,
  detail   TEXT NOT NULL
);
CREATE INDEX tuning_trials_by_host ON tuning_trials (host, began_at);
CREATE INDEX tuning_trials_by_time ON tuning_trials (began_at);

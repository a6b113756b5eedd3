-- Profiles of processes: what was asked for, and what came of it. The stacks are files in the data directory's folder
-- `profiles`. `state` is running, done or failed; `detail` is JSON of what is known about a run that is over.
CREATE TABLE profiles (
  id       TEXT PRIMARY KEY,
  host_id  TEXT NOT NULL,
  host     TEXT NOT NULL,
  pid      INTEGER NOT NULL,
  comm     TEXT NOT NULL,
  kind     TEXT NOT NULL,
  seconds  INTEGER NOT NULL,
  asked_by TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  finding  TEXT NOT NULL,
  state    TEXT NOT NULL,
  detail   TEXT NOT NULL
);
CREATE INDEX profiles_by_host ON profiles (host_id, asked_at);
CREATE INDEX profiles_by_time ON profiles (asked_at);

-- What diagnosis found, from when to when. The details are JSON as of the turn in which they were clearest.
CREATE TABLE findings (
  id         TEXT PRIMARY KEY,
  host       TEXT NOT NULL,
  cause      TEXT NOT NULL,
  subject    TEXT NOT NULL,
  began_at   BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL,
  ended_at   BIGINT,
  confidence DOUBLE PRECISION NOT NULL,
  finding    TEXT NOT NULL,
  verdict    TEXT NOT NULL
);
CREATE INDEX findings_by_host ON findings (host, began_at);
CREATE INDEX findings_by_time ON findings (began_at);

-- Roll-outs of changes that helped on one server of a group to the others; the servers and what came of each are JSON.
CREATE TABLE tuning_rollouts (
  id       TEXT PRIMARY KEY,
  began_at BIGINT NOT NULL,
  ended_at BIGINT,
  detail   TEXT NOT NULL
);

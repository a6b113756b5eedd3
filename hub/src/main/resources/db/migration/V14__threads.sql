-- When an incident that comes and goes was summed up last.
ALTER TABLE incidents ADD COLUMN digest_at BIGINT NOT NULL DEFAULT 0;

-- The message of an incident that later ones answer to, in the words of the channel's service.
CREATE TABLE message_threads (
  incident_id TEXT NOT NULL,
  channel_id  TEXT NOT NULL,
  address     TEXT NOT NULL,
  thread      TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (incident_id, channel_id, address)
);

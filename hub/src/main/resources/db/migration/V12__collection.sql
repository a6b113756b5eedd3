-- How servers are measured where that differs from the setting for all: of one host (its id) or of a group (its
-- name). Null means that the wider setting holds; `switched_off` joins names of collectors by commas.
CREATE TABLE collection_settings (
  scope          TEXT NOT NULL CHECK (scope IN ('host', 'group')),
  target         TEXT NOT NULL,
  period_seconds INTEGER,
  switched_off   TEXT,
  PRIMARY KEY (scope, target)
);

CREATE TRIGGER collection_settings_end_with_host AFTER DELETE ON hosts
BEGIN
  DELETE FROM collection_settings WHERE scope = 'host' AND target = OLD.id;
END;

-- What fires is asked for by the instance it is about, in each change of an alert.
ALTER TABLE incident_alerts ADD COLUMN instance TEXT
  GENERATED ALWAYS AS (COALESCE(json_extract(labels, '$.instance'), '')) VIRTUAL;
CREATE INDEX incident_alerts_firing ON incident_alerts (instance) WHERE firing;

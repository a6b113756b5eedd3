-- Services that are asked from outside. `form` is the probe as it was entered, in JSON.
CREATE TABLE probes (
  id   TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  form TEXT NOT NULL
);

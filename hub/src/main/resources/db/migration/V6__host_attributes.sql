-- What people say of a host: its group, who looks after it, its tags (joined by commas).
CREATE TABLE host_attributes (
  host_id    TEXT PRIMARY KEY REFERENCES hosts (id) ON DELETE CASCADE,
  host_group TEXT NOT NULL,
  owner      TEXT NOT NULL,
  tags       TEXT NOT NULL
);

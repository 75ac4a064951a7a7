-- Investigations, their entries, and the links that show them to others.
-- Times are integer milliseconds since 1970-01-01T00:00:00Z.

-- "PodS": tells Podside's database from another program's SQLite file.
PRAGMA application_id = 1349477459;

-- The text of each runbook that was ever followed, by the SHA-256 of that text,
-- so that an old investigation is shown with the tree that was walked.
CREATE TABLE runbook_source (
    digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
    source TEXT NOT NULL
) STRICT;

CREATE TABLE investigation (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    runbook          TEXT,
    runbook_digest   BLOB REFERENCES runbook_source (digest),
    cluster          TEXT NOT NULL,
    target_kind      TEXT NOT NULL,
    target_namespace TEXT,
    target_name      TEXT NOT NULL,
    started_by       TEXT NOT NULL,
    started_at       INTEGER NOT NULL,
    CHECK ((runbook IS NULL) = (runbook_digest IS NULL))
) STRICT;

CREATE INDEX investigation_by_time ON investigation (started_at DESC, id DESC);

-- The body is the entry as JSON; the columns beside it repeat what is searched and counted.
CREATE TABLE entry (
    id            INTEGER PRIMARY KEY,
    investigation INTEGER NOT NULL REFERENCES investigation (id),
    seq           INTEGER NOT NULL CHECK (seq >= 1),
    at            INTEGER NOT NULL,
    who           TEXT NOT NULL,
    kind          TEXT NOT NULL,
    cause         TEXT,
    words         TEXT NOT NULL,
    body          TEXT NOT NULL CHECK (json_valid(body)),
    UNIQUE (investigation, seq)
) STRICT;

CREATE INDEX entry_conclusion ON entry (investigation, seq) WHERE kind = 'concluded';

CREATE TABLE share (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash    BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    investigation INTEGER NOT NULL REFERENCES investigation (id),
    -- The last entry that a frozen link shows; NULL for a live link.
    last_seq      INTEGER,
    created_by    TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    revoked_at    INTEGER,
    revoked_by    TEXT,
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
) STRICT;

CREATE INDEX share_by_investigation ON share (investigation);

-- What was written down stays as it was written.
CREATE TRIGGER entry_never_changes BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;

CREATE TRIGGER entry_never_goes BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;

CREATE TRIGGER entry_follows_the_last BEFORE INSERT ON entry
WHEN NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM entry WHERE investigation = NEW.investigation)
BEGIN SELECT RAISE(ABORT, 'entries are numbered without gaps'); END;

CREATE TRIGGER investigation_never_changes BEFORE UPDATE ON investigation
BEGIN SELECT RAISE(ABORT, 'investigations are append-only'); END;

CREATE TRIGGER investigation_never_goes BEFORE DELETE ON investigation
BEGIN SELECT RAISE(ABORT, 'investigations are append-only'); END;

CREATE TRIGGER runbook_source_never_changes BEFORE UPDATE ON runbook_source
BEGIN SELECT RAISE(ABORT, 'a runbook text is found by its hash'); END;

-- The one change that a link knows is being revoked, once.
CREATE TRIGGER share_is_only_revoked BEFORE UPDATE ON share
WHEN OLD.revoked_at IS NOT NULL
  OR NEW.revoked_at IS NULL
  OR NEW.id <> OLD.id
  OR NEW.token_hash <> OLD.token_hash
  OR NEW.investigation <> OLD.investigation
  OR NEW.last_seq IS NOT OLD.last_seq
  OR NEW.created_by <> OLD.created_by
  OR NEW.created_at <> OLD.created_at
  OR NEW.expires_at <> OLD.expires_at
BEGIN SELECT RAISE(ABORT, 'a link can only be revoked'); END;

CREATE TRIGGER share_never_goes BEFORE DELETE ON share
BEGIN SELECT RAISE(ABORT, 'a link can only be revoked'); END;

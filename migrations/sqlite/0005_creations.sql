-- What Podside creates in clusters. It stands here before it is there, so that it is taken
-- away whatever becomes of this process.

CREATE TABLE creation (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    cluster       TEXT NOT NULL,
    namespace     TEXT NOT NULL,
    pod           TEXT NOT NULL,
    -- The container that is added to a Pod of somebody else; NULL for a Pod of Podside's own.
    container     TEXT,
    -- The Pod's uid; NULL until the cluster has told it.
    uid           TEXT,
    creator       TEXT NOT NULL,
    investigation INTEGER REFERENCES investigation (id),
    -- When it was about to be created.
    created_at    INTEGER NOT NULL,
    deadline      INTEGER NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('intended', 'there', 'going', 'stays', 'gone')),
    -- When the cluster was last asked about it, and what kept it from going.
    looked_at     INTEGER,
    error         TEXT,
    gone_at       INTEGER,
    CHECK ((state = 'gone') = (gone_at IS NOT NULL)),
    CHECK (uid IS NOT NULL OR state IN ('intended', 'gone')),
    -- A Pod can always be deleted.
    CHECK (state <> 'stays' OR container IS NOT NULL)
) STRICT;

CREATE INDEX creation_left ON creation (cluster) WHERE state <> 'gone';

-- What was meant stays as it was written; only what became of it changes, and what is gone
-- does not come back.
CREATE TRIGGER creation_only_goes_on BEFORE UPDATE ON creation
WHEN OLD.state = 'gone'
  OR NEW.id <> OLD.id
  OR NEW.cluster <> OLD.cluster
  OR NEW.namespace <> OLD.namespace
  OR NEW.pod <> OLD.pod
  OR NEW.container IS NOT OLD.container
  OR (OLD.uid IS NOT NULL AND NEW.uid IS NOT OLD.uid)
  OR NEW.creator <> OLD.creator
  OR NEW.investigation IS NOT OLD.investigation
  OR NEW.created_at <> OLD.created_at
  OR NEW.deadline <> OLD.deadline
  OR (NEW.state = 'intended' AND OLD.state <> 'intended')
BEGIN SELECT RAISE(ABORT, 'what was created only goes on'); END;

CREATE TRIGGER creation_never_goes BEFORE DELETE ON creation
BEGIN SELECT RAISE(ABORT, 'what was created is remembered'); END;

-- What is known of a link beside what was made: the form that made it, how often it was
-- opened, and that it was seen expired.

-- The one-time id of the form that made the link: sent again, it makes no second one.
-- NULL for links made before forms had ids.
ALTER TABLE share ADD COLUMN form TEXT;

CREATE UNIQUE INDEX share_by_form ON share (form);

-- When the link was first seen expired: from then on it is dead, whatever the clock says later.
ALTER TABLE share ADD COLUMN ended_at INTEGER;

CREATE INDEX share_not_ended ON share (expires_at) WHERE ended_at IS NULL;

-- Apart from the link, whose row tells what was agreed and hardly ever changes.
CREATE TABLE share_opening (
    share   INTEGER PRIMARY KEY REFERENCES share (id),
    times   INTEGER NOT NULL CHECK (times >= 1),
    last_at INTEGER NOT NULL
) STRICT;

-- A link is revoked once and ends once; nothing else of it changes.
DROP TRIGGER share_is_only_revoked;

CREATE TRIGGER share_only_dies BEFORE UPDATE ON share
WHEN (OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NOT OLD.revoked_at OR NEW.revoked_by IS NOT OLD.revoked_by))
  OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS NOT OLD.ended_at)
  OR NEW.id <> OLD.id
  OR NEW.token_hash <> OLD.token_hash
  OR NEW.investigation <> OLD.investigation
  OR NEW.last_seq IS NOT OLD.last_seq
  OR NEW.created_by <> OLD.created_by
  OR NEW.created_at <> OLD.created_at
  OR NEW.expires_at <> OLD.expires_at
  OR NEW.form IS NOT OLD.form
BEGIN SELECT RAISE(ABORT, 'a link can only be revoked or end'); END;

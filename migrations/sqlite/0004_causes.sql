-- The page of a problem asks, every few seconds, in which investigations of its cluster the
-- same cause was found. The newest come first, so the number of the investigation follows.
CREATE INDEX entry_by_cause ON entry (cause, investigation, seq) WHERE kind = 'concluded';

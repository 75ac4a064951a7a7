-- What a search in the history finds: an index over the words that a reader sees of an
-- investigation, in both languages. It holds no text of its own, only which words stand where.
-- A row is an entry: its number is that of the investigation times 4096 and that of the entry,
-- which 0 is for the investigation itself. What everybody may read who may know of the
-- investigation stands apart from what names other objects.
CREATE VIRTUAL TABLE entry_words USING fts5 (
    open, restricted,
    content = '', columnsize = 0, prefix = '2 3', tokenize = 'unicode61'
);

-- The investigations that were kept before there was an index; each goes as it is indexed,
-- when the store is opened.
CREATE TABLE not_indexed (investigation INTEGER PRIMARY KEY) STRICT;

INSERT INTO not_indexed SELECT id FROM investigation;

-- The index has them.
ALTER TABLE entry DROP COLUMN words;

-- +goose Up
-- What a reading rests on that is seen in each pass, together with what was read: a
-- digest. Where both are the same still, what is stored stands. NULL: on nothing.
ALTER TABLE readings ADD COLUMN basis BLOB CHECK (length(basis) = 16);

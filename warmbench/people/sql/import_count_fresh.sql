-- How many people are simply new.
SELECT count(*) FROM import_fresh f

-- Lock those who change, in one order, whoever asks: two that overlap then wait instead of
-- deadlocking.
SELECT id FROM candidate
 WHERE id IN (SELECT id FROM import_change)
 ORDER BY id
   FOR NO KEY UPDATE

-- Keep the owners that the rows name from being removed until the transaction ends.
SELECT u.id
  FROM app_user u
 WHERE u.id = %(owner)s::bigint OR u.id IN (SELECT f.owner_id FROM import_fresh f)
 ORDER BY u.id
   FOR KEY SHARE

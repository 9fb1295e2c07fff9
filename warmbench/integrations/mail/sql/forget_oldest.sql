-- Forget all caught mails but the newest ones.
DELETE FROM caught_mail
 WHERE id <= (SELECT id FROM caught_mail ORDER BY id DESC OFFSET %(keep)s LIMIT 1)

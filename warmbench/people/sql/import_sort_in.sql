-- Sort what waits into the indexes that gather it first, where they are ours.
SELECT gin_clean_pending_list(i.indexrelid)
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_am a ON a.oid = c.relam
 WHERE i.indrelid IN ('candidate'::regclass, 'candidate_facet'::regclass, 'candidate_words'::regclass,
                      'search_word'::regclass)
   AND a.amname = 'gin'
   AND pg_has_role(c.relowner, 'USAGE')

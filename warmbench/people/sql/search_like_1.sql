-- Words that may be this one with one letter wrong: one half of it is untouched, or two
-- neighbours changed places.
SELECT word FROM search_word
 WHERE word LIKE %(begins)s AND length(word) BETWEEN %(least)s AND %(most)s
UNION
SELECT word FROM search_word
 WHERE reverse(word) LIKE %(ends)s AND length(word) BETWEEN %(least)s AND %(most)s
UNION
SELECT word FROM search_word WHERE word = ANY(%(swapped)s::text[])

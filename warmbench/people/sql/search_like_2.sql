-- Words that may be this one with two letters wrong: one third of it is untouched.
SELECT word FROM search_word
 WHERE word LIKE %(begins)s AND length(word) BETWEEN %(least)s AND %(most)s
UNION
SELECT word FROM search_word
 WHERE reverse(word) LIKE %(ends)s AND length(word) BETWEEN %(least)s AND %(most)s
UNION
SELECT word FROM search_word
 WHERE word LIKE %(has)s AND length(word) BETWEEN %(least)s AND %(most)s

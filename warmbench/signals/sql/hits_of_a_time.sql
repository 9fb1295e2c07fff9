-- Every visit of a time.
/* visits */
 WHERE h.at >= %(since)s AND h.at < %(before)s
 ORDER BY h.at, h.id

"""Declares what the tables of insight hold about candidates."""

from warmbench.insight.models import Source, SourcePerson
from warmbench.people import holdings
from warmbench.people.holdings import Holding, Merging, Row

#: Whoever is erased, by what they are called, and by their addresses. Of several names each goes,
#: but not the small words between them, which stand in any text.
_NAMES = """
    SELECT coalesce(array_agg(DISTINCT n.name), '{}')
      FROM (
               SELECT unnest(ARRAY[c.first_name, c.last_name]) AS name
                 FROM candidate c WHERE c.id = ANY(%(ids)s::bigint[])
                UNION ALL
               SELECT part
                 FROM candidate c,
                      LATERAL regexp_split_to_table(c.first_name || ' ' || c.last_name, '\\s+') part
                WHERE c.id = ANY(%(ids)s::bigint[]) AND part ~ '^[[:upper:]].{3,}'
                UNION ALL
               SELECT unnest(%(addresses)s::text[])
           ) n
     WHERE length(n.name) > 1
"""
#: Texts that are about others, too, and in which it is known which words are about whom.
_SHARED = """
    SELECT p.source_id
      FROM source_person p
     WHERE p.source_id IN (
               SELECT t.source_id FROM source_person t
                WHERE t.candidate_id = ANY(%(ids)s::bigint[])
           )
     GROUP BY p.source_id
    HAVING bool_or(p.candidate_id <> ALL(%(ids)s::bigint[]))
       AND bool_or(p.spans <> '{}')
"""
#: Facts about others whose words are about them as well, or name them.
_ABOUT_OTHERS = f"""
    SELECT i.id
      FROM insight i
      JOIN source_person p ON p.source_id = i.source_id
     WHERE p.candidate_id = ANY(%(ids)s::bigint[])
       AND i.candidate_id <> ALL(%(ids)s::bigint[])
       AND (
               EXISTS (
                   SELECT FROM unnest(p.spans) WITH ORDINALITY AS a (edge, place)
                    WHERE place %% 2 = 1
                      AND a.edge < i."end"
                      AND p.spans[a.place + 1] > i.start
               )
               OR EXISTS (
                   SELECT FROM unnest(({_NAMES})) AS n (name)
                    WHERE i.quote || i.value::text ~* as_words(n.name)
               )
           )
"""  # noqa: S608
#: All other texts about them.
_THEIR_OWN = f"""
    SELECT p.source_id FROM source_person p
     WHERE p.candidate_id = ANY(%(ids)s::bigint[]) AND p.source_id NOT IN ({_SHARED})
"""  # noqa: S608


def _texts(candidate_id: int) -> list[Row]:
    """The texts about somebody; of those about others, too, what is about them."""
    found = Source.objects.filter(people__candidate=candidate_id).order_by("pk")
    rows = holdings.told(found, SOURCES)
    listed = SourcePerson.objects.filter(source__in=found.values("pk"))
    others = set(listed.exclude(candidate=candidate_id).values_list("source_id", flat=True))
    spans = dict(listed.filter(candidate=candidate_id).values_list("source_id", "spans"))
    for row in rows:
        if row["id"] in others:
            edges = spans[row["id"]]
            parts = zip(edges[::2], edges[1::2], strict=True)
            row["title"] = ""
            row["text"] = "\n".join(row["text"][start:end] for start, end in parts)
    return rows


SOURCES = Holding(
    label="insight.Source",
    title="Notes and conversations about you",
    why="What you told us, or what was noted of a talk with you, in the words that were written."
    " Of a text about several people you get what is about you.",
    tell=_texts,
    silent=frozenset({"role_ids", "state", "read_by", "read_at", "trouble", "origin_id"}),
    # Nobody else's facts may be lost with a person: of a shared text only their words go.
    forget=(
        f"""
        UPDATE follow_up f
           SET evidence = (
                   SELECT jsonb_agg(
                              CASE WHEN e.item->>'about' = ANY(gone.marks)
                                   THEN e.item || '{{"text": "It named somebody who was erased."}}'
                                   ELSE e.item
                              END
                              ORDER BY e.place
                          )
                     FROM jsonb_array_elements(f.evidence) WITH ORDINALITY AS e (item, place)
               )
          FROM (
                   SELECT i.candidate_id, array_agg('insight:' || i.id) AS marks
                     FROM insight i
                    WHERE i.id IN ({_ABOUT_OTHERS})
                    GROUP BY i.candidate_id
               ) gone
         WHERE f.candidate_id = gone.candidate_id
           AND EXISTS (
                   SELECT FROM jsonb_array_elements(f.evidence) AS e (item)
                    WHERE e.item->>'about' = ANY(gone.marks)
               )
        """,  # noqa: S608
        f"DELETE FROM insight i WHERE i.id IN ({_ABOUT_OTHERS})",  # noqa: S608
        f"""
        UPDATE source s
           SET title = '', text = blacked_out(s.text, theirs.spans, ({_NAMES}))
          FROM (
                   SELECT p.source_id, array_agg(u.edge ORDER BY p.id, u.place) AS spans
                     FROM source_person p
                     LEFT JOIN LATERAL unnest(p.spans) WITH ORDINALITY AS u (edge, place) ON true
                    WHERE p.candidate_id = ANY(%(ids)s::bigint[])
                      AND p.source_id IN ({_SHARED})
                    GROUP BY p.source_id
               ) theirs
         WHERE s.id = theirs.source_id
        """,  # noqa: S608
        f"DELETE FROM insight i WHERE i.source_id IN ({_THEIR_OWN})",  # noqa: S608
        f"""
        DELETE FROM source_person p
         WHERE p.source_id IN ({_THEIR_OWN}) AND p.candidate_id <> ALL(%(ids)s::bigint[])
        """,  # noqa: S608
        f"DELETE FROM source s WHERE s.id IN ({_THEIR_OWN})",  # noqa: S608
        "DELETE FROM source_person p WHERE p.candidate_id = ANY(%(ids)s::bigint[])",
    ),
)
holdings.declare(
    SOURCES,
    Holding(
        label="insight.SourcePerson",
        title="Which of these texts are about you",
        why="And where in them, so that you get your part, and it can go.",
        merging=Merging(
            staying="""
                spans = t.spans || o.spans, position = least(t.position, o.position)
            """
        ),
    ),
    Holding(
        label="insight.Insight",
        title="What we noted from them",
        why="Each fact with the words that it was read from, who said them, how sure it is, and"
        " whether somebody looked. It decides which roles you hear of, never alone whether.",
        silent=frozenset({"start", "end", "extractor", "version"}),
        audited_as="insight",
    ),
)

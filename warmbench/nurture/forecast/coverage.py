"""Who will get something to read about their own work in the coming months, and who will not."""

from warmbench.core import sql
from warmbench.nurture.forecast.results import Cell, MissingPiece
from warmbench.people.models import Tag

#: So many pieces that would help are named.
_MOST = 20


def cells(*, zone: str) -> list[Cell]:
    """The grid of specialty, seniority and month, from the scratch of a forecast."""
    return [Cell(*row) for row in sql.run(_with_people("coverage"), {"zone": zone})]


def missing_pieces() -> list[MissingPiece]:
    """Pieces that nobody has written yet, those first that would help most people."""
    found = sql.run(_with_people("missing_pieces"), {"most": _MOST}).fetchall()
    about = {topic_id for _, topic_id, *_ in found if topic_id is not None}
    names = dict(Tag.objects.filter(pk__in=about).values_list("pk", "name"))
    return [
        MissingPiece(kind, topic_id, names.get(topic_id, "everybody"), people, touches)
        for kind, topic_id, people, touches in found
    ]


def _with_people(name: str) -> str:
    return sql.load(__file__, name).replace("/* who */", sql.load(__file__, "who"))

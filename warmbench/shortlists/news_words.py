"""Tells from words whether they speak of something new, or of something that one answers for: "just
certified in Rust", "has taken over the second site"."""

import re

_NEW = re.compile(
    r"""\b(?:
      now(?:adays)? | new(?:ly)? | just | since | recently | lately | (?:has|have|was|got)\ become
    | became | learn(?:ed|t) | certified | picked\ up | started | begun | began | trained\ in
    | promoted | took\ over | taken\ over | these\ days
    | jetzt | nun | neu(?:e[rsnm]?|erdings)? | seit | kürzlich | gerade\ (?:erst|gelernt)
    | gelernt | zertifiziert | befördert | übernommen | angefangen
    | maintenant | désormais | depuis | récemment | nouve(?:au|lle) | appris | certifiée? | promue?
    | ahora | desde | recientemente | nuev[oa] | aprendido | certificad[oa] | ascendid[oa]
    | nu | sinds | onlangs | nieuwe? | geleerd | gecertificeerd | gepromoveerd
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_DUTY = re.compile(
    r"""\b(?:
      responsib\w+ | in\ charge\ of | accountable\ for | answers?\ for | (?:took|taken|taking)\ over
    | verantwort\w+ | zuständig\w* | übernommen | übernimmt
    | responsable | responsabilit\w+ | responsabl\w+ | responsabilidad\w* | en\ charge\ de
    | a\ cargo\ de | verantwoordelijk\w*
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def speaks_of_news(text: str, *, of: str = "") -> bool:
    """Whether words say that something is new. What it is called says nothing of that: "New
    business" is a skill."""
    words = re.sub(re.escape(of), " ", text, flags=re.IGNORECASE) if of else text
    return bool(_NEW.search(words))


def speaks_of_duty(text: str) -> bool:
    """Whether words say what somebody answers for."""
    return bool(_DUTY.search(text))

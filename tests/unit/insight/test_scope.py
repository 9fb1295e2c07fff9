"""In which sense words stand in their sentence."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.work import growth
from warmbench.insight import scope

#: So many letters before and behind a place say in which sense it stands.
NEAR = 600

#: The sentence, with the words that are asked about in brackets, and in which senses they stand.
SENTENCES = [
    # Denied before, and what only looks like it.
    ("Never used [SAP].", "denied"),
    ("She hasn't touched [Oracle] yet", "denied"),
    ("dont know [Java]", "denied"),
    ("She knows Python, not [Java]", "denied"),
    ("She knows [Python], not Java", ""),
    ("[Python] not Java", ""),
    ("not senior enough for [director]", "denied"),
    ("No [Kyriba], all Excel.", "denied"),
    ("No Kyriba, all [Excel].", ""),
    ("neither [Berlin] nor Hamburg", "denied"),
    ("doesn't want Berlin, [Hamburg] or Munich", "denied wished"),
    ("I don't want to do [payroll]", "denied wished"),
    ("strong in [Python] and has never used Java", ""),
    ("strong in Python and has never used [Java]", "denied"),
    ("has 5 years of [Java] but has not led a team", ""),
    ("Not only [Python] but also Go", ""),
    ("She wouldn't mind [Berlin].", ""),
    ("No problem with [Munich]", ""),
    ("nothing against [Munich]", ""),
    ("won't move for less than [98]", ""),
    ("not before [June]", ""),
    ("Remote is not a must, [hybrid] neither", "denied"),
    ("[Remote] is not a must", ""),
    ("[London] is not far from her home", ""),
    ("No, [130] would do it", "wished"),
    ("anywhere except [London]", "denied"),
    ("nothing but [Berlin]", ""),
    ("Ohne [SAP] geht es nicht", "denied"),
    ("Kein Problem mit [München]", ""),
    ("Weder Berlin noch [Hamburg]", "denied"),
    ("Je n'ai jamais utilisé [Kafka]", "denied"),
    ("Elle ne connaît pas [Power BI] mais veut s'y former.", "denied"),
    ("No conoce SAP pero sí [Oracle]", ""),
    ("No conoce [SAP] pero sí Oracle", "denied"),
    ("por menos de [72.000] no me muevo", ""),
    ("Werkt met SAP, niet met [Oracle]", "denied"),
    ("Ik wil niet naar [Rotterdam]", "denied wished"),
    # Denied behind.
    ("[Oracle] never touched.", "denied"),
    ("[Anaplan] I've never used.", "denied"),
    ("[Brussels] I wouldn't do, the traffic is awful", "denied"),
    ("[Kubernetes] she has not touched yet", "denied"),
    ("[Delhi] no", "denied"),
    ('[Denver]? "Not a chance."', "denied"),
    ("[Denver]: no problem", ""),
    ("[Stuttgart] is off the table", "denied"),
    ("[SAP] kenne ich nicht", "denied"),
    ("[Bremen] kommt nicht in Frage", "denied"),
    ("Con [Snowflake] no he trabajado.", "denied"),
    ("[Paris] : non, jamais de la vie.", "denied"),
    ("[Amsterdam] is me te ver", "denied"),
    ("[Eindhoven] of Den Bosch prima, Amsterdam is me te ver", ""),
    # True once.
    ("She used to live in [Berlin], now she is in Hamburg", "past"),
    ("She used to live in Berlin, now she is in [Hamburg]", ""),
    ("Two years ago she was dead set on [Singapore]; that is over", "past"),
    ("Two years ago, she ran [payroll]", "past"),
    ("She no longer works at [Hexley Cards]", "denied past"),
    ("[Frankfurt] dagegen nicht mehr.", "denied past"),
    ("sie war früher bei [Ostmark]", "past"),
    ("A l'époque je disais oui à [Grenoble]", "past"),
    ("Antes vivía en [Madrid]", "past"),
    ("Desde hace 5 años trabaja con [SAP]", ""),
    ("avant juillet à [Lyon]", ""),
    # Supposed.
    ("If they ever paid [120k], she would move", "supposed"),
    ("If it pays well, she would take [Leeds]", "wished"),
    ("if possible in [Leeds]", ""),
    ("Falls sie [100k] zahlen, gern", "supposed"),
    ("Si pagaran [60k], sí", "supposed"),
    ("s'ils proposaient [60k], oui", "supposed"),
    ("als ze [80k] bieden, ja", "supposed"),
    # Wished and planned.
    ("keep her warm for [FP&A manager]", "wished"),
    ("Happy to relocate to [Denver]", "wished"),
    ("[Head of Tax] would be her dream", "wished"),
    ("wants to lead and has [Java]", ""),
    ("Er will mindestens [95.000]", "wished"),
    ("[Köln] käme für mich infrage, Frankfurt nicht", "wished"),
    ("J'aimerais travailler à [Lyon]", "wished"),
    ("Busca algo en [Bilbao]", "wished"),
    ("Ik zoek iets in [Utrecht]", "wished"),
    ("we're moving to [Frankfurt] in February", "planned"),
    ("Sie zieht im Mai nach [Hamburg]", "planned"),
    ("En mayo se muda a [Vigo]", "planned"),
    # Others.
    ("The role pays up to [90k]", "others"),
    ("client goes to [160k] on that one", "others"),
    ("Told the client she wants [95]", "wished"),
    ("Wants [95k] for the role", "wished"),
    ("interested in the role at [95k]", "wished"),
    ("their band tops out at [110]", "others"),
    ("our budget is [140] all in", "others"),
    ("He's on [72k] and the role goes to 85", ""),
    ("He's on 72k and the role goes to [85]", "others"),
    ("his wife Kavita works for Sundara too, on [28 lakh]", "others"),
    ("My wife starts in [Frankfurt] in January", "others"),
    ("[sixty-five] was the guy before him", "others"),
    ("Der Kunde zahlt bis [90.000]", "others"),
    ("Le poste est affiché à [70 k€]", "others"),
    ("El puesto llega a [50.000]", "others"),
    ("De functie betaalt [70k]", "others"),
    ("We use [Kafka] here", "ours"),
    # Nothing of all that.
    ("[SAP FICO] strong, HGB + IFRS both", ""),
    ("I'm on [84] here and I'd want 120", ""),
]


@pytest.mark.parametrize(("marked", "senses"), SENTENCES)
def test_words_stand_in_the_sense_that_their_sentence_gives_them(marked: str, senses: str) -> None:
    start = marked.index("[")
    text = marked.replace("[", "", 1).replace("]", "", 1)
    end = marked.index("]") - 1

    found = asdict(scope.of(text, start, end))

    assert {name for name, holds in found.items() if holds} == set(senses.split())


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 200))
def test_any_place_of_any_text_has_a_scope(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))

    assert isinstance(scope.of(text, start, end), scope.Scope)


@pytest.mark.parametrize(
    "piece", ["not ", "n't", "if they paid ", ", and ", "(", "a-", "les ", "wouldn't move "]
)
def test_only_what_is_near_is_looked_at(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    near = text[-NEAR - 5 :]

    found = scope.of(text, len(text) - 5, len(text))

    assert found == scope.of(near, len(near) - 5, len(near))
    assert growth(lambda size: scope.of(text[-size:], size - 5, size), 5_000) < 1.1

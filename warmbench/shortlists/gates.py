"""Finds what keeps a person out whatever else they can do, and what merely stands against them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from warmbench.people.tag_words import key
from warmbench.shortlists import explaining, naming, title_steps
from warmbench.shortlists.dossier import Dossier, Known
from warmbench.shortlists.requirements import LEVELS, Requirement, Spec, Tier
from warmbench.shortlists.verdict import Conflict, Evidence, Standing
from warmbench.sourcing import fit, pay_fit, place_fit

#: What is unknown brings half of it; what a profile does not ask for is in nobody's way.
UNKNOWN = 0.5
#: Of a level that is one step away, and of one further away.
_NEXT_LEVEL, _FAR_LEVEL = 0.35, 0.1
#: A day later than the last one by so many days is half as good, where it keeps nobody out.
_LATE = 60
#: From these steps of titles on they lead people, people who lead, and the whole.
_LEADS_PEOPLE, _LEADS_MANAGERS, _LEADS_ALL = 7, 9, 11
#: So well the home of somebody fits who lives where the work is; what it counts if they named
#: other places as well.
_LIVES_THERE, _NAMED_ELSEWHERE = 0.6, 0.55
_REMOTE = {"onsite": "on_site", "remote": "remote", "hybrid": "hybrid"}
_LEVEL_NAMES = {
    "individual_contributor": "an individual contributor",
    "manager": "a manager",
    "director": "a director",
    "executive": "an executive",
}


@dataclass(frozen=True, slots=True)
class Gates:
    """What stands between a person and a role, apart from what they can do."""

    conflicts: tuple[Conflict, ...]
    trade_offs: tuple[str, ...]
    questions: tuple[str, ...]
    #: How well level, place, pay and start fit: 0 to 1.
    shares: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Term:
    about: str
    share: float
    sentence: str = ""
    question: str = ""
    is_against: bool = False


def judge(spec: Spec, of: Dossier, evidence: Sequence[Evidence], *, today: date) -> Gates:
    """What keeps the person out, what stands against them, and what somebody has to ask.

    A known conflict keeps them out where the profile says so; what they refused always does, and
    so does a must that they are known to lack. What is unknown keeps nobody out.
    """
    terms = (_level(spec, of), _place(spec, of), _pay(spec, of), _start(spec, of, today))
    hard = [one for one in terms if one.is_against and one.about in spec.hard]
    soft = [one for one in terms if one.is_against and one.about not in spec.hard]
    return Gates(
        conflicts=(
            *(Conflict(one.about, one.sentence) for one in hard),
            *(Conflict("wish", sentence) for sentence in _wishes(spec, of)),
            *_musts(spec.requirements, evidence),
        ),
        trade_offs=tuple(one.sentence for one in soft),
        questions=tuple(one.question for one in terms if one.question),
        shares={one.about: one.share for one in terms},
    )


def _musts(asked: Sequence[Requirement], evidence: Sequence[Evidence]) -> Iterator[Conflict]:
    for one, shown in zip(asked, evidence, strict=True):
        if shown.standing == Standing.FAILED and one.tier in {Tier.MUST, Tier.DEALBREAKER}:
            yield Conflict(one.key, explaining.against(one, shown.sentence))


def _level(spec: Spec, of: Dossier) -> _Term:
    if not spec.lowest_level and not spec.highest_level:
        return _Term("level", 1.0)
    level = level_of(of.facts)
    band = _band(spec)
    if not level:
        return _Term("level", UNKNOWN, question=f"At which level do they work? It is for {band}.")
    at = LEVELS.index(level)
    low = LEVELS.index(spec.lowest_level) if spec.lowest_level else 0
    high = LEVELS.index(spec.highest_level) if spec.highest_level else len(LEVELS) - 1
    if low <= at <= high or (at >= low and _is_same_step(spec, of)):
        return _Term("level", 1.0)
    away = low - at if at < low else at - high
    sentence = f"Works as {_LEVEL_NAMES[LEVELS[at]]}; the role is for {band}."
    return _Term("level", _NEXT_LEVEL if away == 1 else _FAR_LEVEL, sentence, is_against=True)


def _is_same_step(spec: Spec, of: Dossier) -> bool:
    """Whether their title stands as high as the role's own: a Lead is no manager by that alone."""
    title = title_of(of.facts)
    return bool(title) and title_steps.read(title).step == title_steps.read(spec.title).step


def level_of(facts: Sequence[Known]) -> str:
    """The level at which somebody works: as their present title says, else as was last said of
    it; blank where nothing tells it."""
    title = title_of(facts)
    step = title_steps.read(title).step if title else None
    if step is not None and step > title_steps.USUAL + 1:
        return _level_of_step(step)
    told = _newest(one for one in facts if one.kind == "seniority" and one.polarity == "had")
    if told is not None and told.value.get("level") in LEVELS:
        return str(told.value["level"])
    return _level_of_step(step) if step is not None else ""


def title_of(facts: Sequence[Known]) -> str:
    """The present title of somebody, as far as it is known; else the last one; else blank."""
    titles_ = [one for one in facts if one.kind == "title" and one.polarity == "had"]
    now = _newest(one for one in titles_ if one.value.get("current") is True)
    told = now or _newest(titles_)
    return str(told.value.get("name") or "") if told else ""


def _newest(facts: Iterable[Known]) -> Known | None:
    return max(
        facts,
        key=lambda one: (one.said_on or date.min, one.confidence, str(sorted(one.value.items()))),
        default=None,
    )


def _level_of_step(step: int) -> str:
    return LEVELS[(step >= _LEADS_PEOPLE) + (step >= _LEADS_MANAGERS) + (step >= _LEADS_ALL)]


def _band(spec: Spec) -> str:
    low = _LEVEL_NAMES.get(spec.lowest_level, "")
    high = _LEVEL_NAMES.get(spec.highest_level, "")
    if low and high:
        return low if low == high else f"{low} up to {high}"
    return f"{low} or above" if low else f"{high} or below"


def _place(spec: Spec, of: Dossier) -> _Term:
    found = place_fit.find(_asked(spec), _known(of))
    if found is None:
        return _Term("place", 1.0)
    if found.contradicts and of.wanted and _is_at_home(spec, of):
        return _at_home(of)
    is_against = found.contradicts or found.refused
    return _Term("place", found.share, found.sentence, found.question, is_against=is_against)


def _is_at_home(spec: Spec, of: Dossier) -> bool:
    """Whether they live where the work is, and only named other places where they would work."""
    if any(fact.kind == "place" and fact.polarity == "refuses" for fact in of.facts):
        return False
    there = place_fit.find(_asked(spec), replace(_known(of), wanted=()))
    return there is not None and there.share >= _LIVES_THERE


def _at_home(of: Dossier) -> _Term:
    wants = " or ".join(place.words for place in of.wanted)
    home = of.city or of.region
    question = f"Named {wants} as places to work, and lives in {home}: would {home} do as well?"
    return _Term("place", _NAMED_ELSEWHERE, question=question)


def _pay(spec: Spec, of: Dossier) -> _Term:
    found = pay_fit.find(_asked(spec), _known(of))
    if found is None:
        return _Term("pay", 1.0)
    return _Term("pay", found.share, found.sentence, found.question, is_against=found.contradicts)


def _start(spec: Spec, of: Dossier, today: date) -> _Term:
    last = spec.start_until
    if last is None:
        return _Term("start", 1.0)
    if of.free_from is None:
        question = f"When could they start? The role begins by {last:%-d %B %Y}."
        return _Term("start", UNKNOWN, question=question)
    free = max(of.free_from, today)
    if free <= max(last, today):
        return _Term("start", 1.0)
    late = (free - last).days
    sentence = f"Can start on {free:%-d %B %Y}; the role begins by {last:%-d %B %Y}."
    return _Term("start", 0.5 * max(0.0, 1 - late / _LATE), sentence, is_against=True)


def _wishes(spec: Spec, of: Dossier) -> Iterator[str]:
    """What they said that they do not want, and this role has; and whoever works there already."""
    company = key(spec.company)
    if company and company in {key(name) for name in of.refused_employers}:
        yield f"Does not want to work at {spec.company}."
    for fact in of.facts:
        said = str(fact.value.get("name") or "")
        if fact.kind == "employer" and company and naming.other([spec.company], said) >= 1.0:
            if fact.polarity == "refuses":
                yield f"Does not want to work at {spec.company}."
            elif fact.polarity == "had" and fact.value.get("current") is True:
                yield f"Works at {spec.company}, for whom the role is."
        elif fact.polarity == "refuses" and (sentence := _refusal(spec, fact, said)):
            yield sentence
    if any(fact.kind == "stop" and fact.value.get("tier") == "hard" for fact in of.facts):
        yield "Asked not to be contacted any more."


def _refusal(spec: Spec, fact: Known, said: str) -> str:
    match fact.kind:
        case "place" if spec.remote != "remote" and said and _is_only(spec, said):
            return f"Does not want to work in {said}."
        case "remote" if spec.remote and _mode(fact) == spec.remote:
            return f"Does not want {spec.remote.replace('_', ' ')} work."
        case "domain" if _is_of_role(spec, said):
            return f"Does not want to work in {said}."
        case "title" if key(said) == key(spec.title):
            return f"Does not want to work as {said}."
        case _:
            return ""


def _mode(fact: Known) -> str:
    mode = str(fact.value.get("mode") or "")
    return _REMOTE.get(mode, mode)


def _is_only(spec: Spec, said: str) -> bool:
    """Whether all places of the role are the one that they refuse."""
    return bool(spec.places) and all(
        key(said) in {key(place.city), key(place.words)} for place in spec.places
    )


def _is_of_role(spec: Spec, said: str) -> bool:
    return any(
        one.aspect == "domain" and one.tier == Tier.MUST and naming.other([one.name], said) >= 1.0
        for one in spec.requirements
    )


def _asked(spec: Spec) -> fit.Asked:
    return fit.Asked(
        role_id=0,
        company=spec.company,
        skills=(),
        seniority="",
        places=spec.places,
        remote=spec.remote,
        pay=spec.pay,
        musts=frozenset(),
    )


def _known(of: Dossier) -> fit.Known:
    return fit.Known(
        candidate_id=0,
        city=of.city,
        region=of.region,
        country=of.country,
        wanted=of.wanted,
        remote=of.remote,
        floor=of.floor,
    )

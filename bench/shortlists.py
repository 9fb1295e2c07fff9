"""Measures shortlists on invented worlds whose truth is known.

python -m bench.shortlists --seeds 101-112

For each role: who is listed and whether they fit; whether a list is empty where nobody fits, and
where somebody does. Beside it what simpler rules would have listed: everybody whom the same model
gives a probability of one half or more, and the five with the most words of the role (BM25). Never
on seeds that bench.learn_fit learnt from.
"""

import argparse
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from warmbench.cli import start

RULES = ("conformal", "probability", "BM25")
BANDS = ((0.0, 0.5), (0.5, 0.8), (0.8, 0.9), (0.9, 1.01))


@dataclass(frozen=True)
class Outcome:
    """What one role's pool came to, by one rule."""

    rule: str
    has_fits: bool
    #: Whether each of the listed fits, the first first, and how sure the list was of it.
    listed: tuple[tuple[bool, float], ...]
    kinds: tuple[str, ...] = ()
    #: How many reasons have words that stand in what is known of the person, and of how many.
    quoted: tuple[int, int] = (0, 0)


@dataclass
class Tally:
    """What all roles came to, by one rule."""

    outcomes: list[Outcome] = field(default_factory=list)

    def report(self) -> str:
        """The figures in one line."""
        fitting = [one for one in self.outcomes if one.has_fits]
        empty = [one for one in self.outcomes if not one.has_fits]
        names = [right for one in self.outcomes for right, _ in one.listed]
        within = [right for one in fitting for right, _ in one.listed]
        return (
            f"{len(names)} names, precision {_share(sum(names), len(names))}"
            f" ({_share(sum(within), len(within))} where somebody fits);"
            f" right abstentions {sum(not one.listed for one in empty)}/{len(empty)};"
            f" wrongly empty {sum(not one.listed for one in fitting)}/{len(fitting)}"
        )


def measure(seed: int, roles: int, how: str, largest: int, risk: float) -> list[Outcome]:
    """The outcomes of one seed's roles, known by ``facts`` or read as ``texts``."""
    start.configure()
    import django

    django.setup()
    from bench import fit_dossiers, fit_world
    from warmbench.shortlists import choosing, likelihood, requirements, texts

    found = []
    today = fit_world.TODAY
    for case in fit_world.world(seed, roles=roles):
        if len(case.candidates) > largest:
            continue
        if how == "facts":
            spec = requirements.from_json(case.spec_json)
            people = [fit_dossiers.of_facts(one, today=today) for one in case.candidates]
        else:
            spec = texts.role("role.txt", case.role_text.encode(), today=today)
            people = [fit_dossiers.of_texts(one) for one in case.candidates]
        by_key = {one.key: one for one in case.candidates}
        has_fits = any(one.fits for one in case.candidates)
        model = likelihood.usual() if how == "facts" else likelihood.of_texts()
        ranked = choosing.ranking(spec, people, today=today, model=model)
        chosen = choosing.listing(spec, ranked, risk=risk, model=model)
        told = {one.key: " ".join(by_key[one.key].texts.values()) for one in people}
        reasons = [
            any(quote.text in told[one.judged.key] for quote in reason.quotes)
            for one in chosen.listed
            for reason in one.reasons
        ]
        listed = [one.judged for one in chosen.listed]
        found.append(
            Outcome(
                "conformal",
                has_fits,
                tuple((by_key[one.key].fits, one.confidence) for one in listed),
                tuple(by_key[one.key].kind for one in listed if not by_key[one.key].fits),
                (sum(reasons), len(reasons)),
            )
        )
        likely = [one for one in ranked if not one.conflicts and one.score >= 0][:5]
        found.append(
            Outcome("probability", has_fits, tuple((by_key[o.key].fits, 0.0) for o in likely))
        )
        worded = _by_words(case.role_text, told)[:5]
        found.append(Outcome("BM25", has_fits, tuple((by_key[o].fits, 0.0) for o in worded)))
    return found


def _by_words(role: str, told: dict[str, str]) -> list[str]:
    """The people by BM25 of the role's words (Robertson and Zaragoza, 2009), the best first."""
    split: Callable[[str], list[str]] = lambda text: re.findall(r"[a-z+#.]+", text.lower())  # noqa: E731
    texts = {key: Counter(split(text)) for key, text in told.items()}
    lengths = {key: sum(words.values()) for key, words in texts.items()}
    mean = sum(lengths.values()) / len(lengths)
    scores: Counter[str] = Counter()
    for word in set(split(role)):
        within = [key for key, words in texts.items() if word in words]
        rare = math.log(1 + (len(texts) - len(within) + 0.5) / (len(within) + 0.5))
        for key in within:
            often = texts[key][word]
            scores[key] += rare * often * 2.2 / (often + 1.2 * (0.25 + 0.75 * lengths[key] / mean))
    return [key for key, _ in sorted(scores.items(), key=lambda one: (-one[1], one[0]))]


def calibration(outcomes: Sequence[Outcome]) -> list[str]:
    """What lists said of how sure they were, and how many of those fitted."""
    said = [one for outcome in outcomes for one in outcome.listed]
    lines = []
    for low, high in BANDS:
        band = [(right, sure) for right, sure in said if low <= sure < high]
        if band:
            right = sum(fits for fits, _ in band)
            mean = sum(sure for _, sure in band) / len(band)
            lines.append(f"said {mean:.2f}, were {right / len(band):.2f} ({len(band)} people)")
    return lines


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "none"


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="101-112")
    parser.add_argument("--roles", type=int, default=10, help="of each seed")
    parser.add_argument("--how", choices=("facts", "texts"), default="facts")
    parser.add_argument("--largest", type=int, default=130, help="leave out larger pools")
    parser.add_argument("--risk", type=float, default=0.2)
    given = parser.parse_args()
    first, last = map(int, given.seeds.split("-"))
    with ProcessPoolExecutor(2) as workers:
        jobs = [
            workers.submit(measure, seed, given.roles, given.how, given.largest, given.risk)
            for seed in range(first, last + 1)
        ]
        outcomes = [one for job in jobs for one in job.result()]
    for rule in RULES:
        print(f"{rule}: {Tally([one for one in outcomes if one.rule == rule]).report()}")
    ours = [one for one in outcomes if one.rule == "conformal"]
    print("confidence:", "; ".join(calibration(ours)) or "nobody was listed")
    print("wrong ones:", dict(Counter(kind for one in ours for kind in one.kinds)))
    right, whole = (sum(each) for each in zip(*(one.quoted for one in ours), strict=True))
    print(f"reasons with words that stand in the texts: {right} of {whole}")


if __name__ == "__main__":
    main()

"""Knows how the tags that content is about lie above and below each other."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from warmbench.people.models import Tag

_NARROW = (Tag.Kind.ROLE, Tag.Kind.ROLE_FAMILY)


@dataclass(frozen=True)
class Topics:
    """The tag tree without its skills."""

    kinds: dict[int, str]
    parents: dict[int, int | None]

    def path(self, specialty: int, tags: Iterable[int]) -> Iterator[int]:
        """What is about the work of somebody in a specialty, the closest first: her roles in it,
        their families, the specialty, its category."""
        for kind in _NARROW:
            met: set[int] = set()
            for tag in tags:
                for above in self._chain(tag) if tag in self._specialty_of else ():
                    if self.kinds[above] == kind and above not in met:
                        met.add(above)
                        if self._specialty_of[above] == specialty:
                            yield above
        yield from self._chain(specialty)

    def places(self, tags: Iterable[int]) -> set[int]:
        """The places among these tags, and all that they lie in."""
        places = (tag for tag in tags if self.kinds.get(tag) == Tag.Kind.GEOGRAPHY)
        return {above for place in places for above in self._chain(place)}

    def is_about(self, topic: int | None, specialty: int) -> bool:
        """Whether what is about a topic is also about a specialty. What is for everybody is
        about none."""
        return topic is not None and specialty in self._concerned[topic]

    def has_narrow(self, tags: Iterable[int]) -> bool:
        """Whether a role or a role family is among these tags."""
        return not self._narrow.isdisjoint(tags)

    def _chain(self, tag: int) -> Iterator[int]:
        above: int | None = tag
        while above is not None:
            yield above
            above = self.parents.get(above)

    @cached_property
    def _specialty_of(self) -> dict[int, int]:
        """The specialty above each role and role family."""
        found = {}
        for tag, kind in self.kinds.items():
            if kind in _NARROW:
                above = (one for one in self._chain(tag) if self._is_specialty(one))
                if (specialty := next(above, None)) is not None:
                    found[tag] = specialty
        return found

    @cached_property
    def _narrow(self) -> frozenset[int]:
        return frozenset(self._specialty_of)

    @cached_property
    def _concerned(self) -> defaultdict[int, set[int]]:
        """The specialties at, above or below each topic."""
        found: defaultdict[int, set[int]] = defaultdict(set)
        for tag in self.kinds:
            chain = list(self._chain(tag))
            for specialty in filter(self._is_specialty, chain):
                # Both ways: a role's specialty, and the specialties of a category.
                found[tag].add(specialty)
                if tag == specialty:
                    for above in chain:
                        found[above].add(specialty)
        return found

    def _is_specialty(self, tag: int) -> bool:
        return self.kinds.get(tag) == Tag.Kind.SPECIALTY


def load() -> Topics:
    """The topics as they are now."""
    rows = Tag.objects.exclude(kind=Tag.Kind.SKILL).values_list("pk", "kind", "parent_id")
    return Topics(
        {pk: kind for pk, kind, _ in rows},
        {pk: parent for pk, _, parent in rows},
    )

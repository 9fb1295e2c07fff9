"""Records that may be of one person are found by what only one person has."""

import pytest

from tests import make
from tests.make import NOW
from warmbench.core import sql
from warmbench.core.events import react_now
from warmbench.people import duplicates, merging
from warmbench.people.candidates import CandidatesChanged
from warmbench.people.models import Candidate, DuplicatePair


def found(*, at_night: bool = True) -> list[tuple[int, int, tuple[str, ...]]]:
    if at_night:
        duplicates.find_all(now=NOW)
    else:
        duplicates.find(list(Candidate.objects.values_list("pk", flat=True)), now=NOW)
    return [(p.low_id, p.high_id, tuple(sorted(p.grounds))) for p in duplicates.waiting(size=99)]


def named(name: str, employer: str = "", **fields: str) -> Candidate:
    who = make.candidate()
    first, _, last = name.partition(" ")
    fields |= {"first_name": first, "last_name": last, "employer": employer}
    Candidate.objects.filter(pk=who.pk).update(**fields)
    return who


class TestWhatTheyHave:
    def test_an_address_or_a_number(self, db: None) -> None:
        ana, ben = (make.candidate(email="ana@example.com") for _ in range(2))
        eve, kim = make.candidate(), make.candidate()
        for who in (eve, kim):
            make.phone(who, "+4915112345678")
            Candidate.objects.filter(pk=who.pk).update(last_name="Adler")
        expected = [(ana.pk, ben.pk, ("email",)), (eve.pk, kim.pk, ("phone",))]
        assert found(at_night=False) == expected
        DuplicatePair.objects.all().delete()
        assert found() == expected

    @pytest.mark.parametrize("at_night", [True, False])
    def test_a_number_only_with_a_name_or_an_employer(self, db: None, *, at_night: bool) -> None:
        ana = named("Ana Moreau", "Contoso")
        others = {
            named("A. Moreau"): True,
            named("Ana Moreau-Roux"): True,
            named("Jan Moreau", "Fabrikam"): True,
            named("Maria Adler", "CONTOSO"): True,
            named("Ana Adler", "Fabrikam"): False,
            named("Thomas Stone"): False,
        }
        unknown = named("")
        for who in (ana, *others, unknown):
            make.phone(who, "+4915112345678")
        pairs = {pair[1] for pair in found(at_night=at_night) if pair[0] == ana.pk}
        assert pairs == {who.pk for who, is_offered in others.items() if is_offered} | {unknown.pk}

    def test_a_profile_however_it_was_pasted(self, db: None) -> None:
        ana = named("Ana Moreau", profile_url="https://www.linkedin.com/in/ana-moreau/?trk=x")
        ben = named("A. Moreau", profile_url="de.linkedin.com/in/Ana-Moreau")
        named("Eve Adler", profile_url="https://linkedin.com/in/eve")
        assert found() == [(ana.pk, ben.pk, ("profile",))]

    def test_a_name_with_an_employer(self, db: None) -> None:
        ana, ben = named("José Moreau", "Contoso"), named("JOSE MOREAU", "contoso")
        named("José Moreau", "Fabrikam")
        named("José Moreau")
        expected = [(ana.pk, ben.pk, ("name",))]
        assert found(at_night=False) == expected
        assert found() == expected

    def test_the_surest_come_first(self, db: None) -> None:
        named("Ana Moreau", "Contoso"), named("Ana Moreau", "Contoso")
        sure = [make.candidate(email="x@example.com").pk for _ in range(2)]
        assert found()[0][:2] == tuple(sure)

    def test_what_many_have_tells_nobody(self, db: None) -> None:
        for _ in range(duplicates.MOST + 1):
            make.candidate(email="jobs@example.com")
        assert found() == []
        assert found(at_night=False) == []


class TestWhatIsRemembered:
    def test_two_people_stay_two(self, db: None) -> None:
        ana, ben = (make.candidate(email="ana@example.com") for _ in range(2))
        assert duplicates.say_distinct(ben.pk, ana.pk, by_id=None, now=NOW)
        assert found() == []
        assert found(at_night=False) == []
        assert not duplicates.say_distinct(ben.pk, 1, by_id=None, now=NOW)

    def test_a_pair_goes_when_they_have_nothing_in_common_any_more(self, db: None) -> None:
        ana, _ = (make.candidate(email="ana@example.com") for _ in range(2))
        assert len(found()) == 1
        ana.contact_points.update(address="other@example.com")
        assert found() == []

    def test_what_was_said_of_the_one_that_went_holds_for_the_one_that_is_kept(
        self, db: None
    ) -> None:
        ana, ben, eve = (make.candidate(email="family@example.com") for _ in range(3))
        duplicates.say_distinct(ben.pk, eve.pk, by_id=None, now=NOW)
        done = merging.merge(ana.pk, ben.pk, by_id=None, now=NOW)
        assert found() == []
        merging.undo(done.pk, by_id=None, now=NOW)
        assert [pair[:2] for pair in found()] == [(ana.pk, eve.pk)]

    def test_pages_go_on_where_the_last_one_ended(self, db: None) -> None:
        for n in range(3):
            for _ in range(2):
                make.candidate(email=f"a{n}@example.com")
                named(f"Ana {n}", "Contoso")
        duplicates.find_all(now=NOW)
        assert duplicates.how_many() == 6
        shown: list[int] = []
        after = None
        while page := duplicates.waiting(after=after, size=2):
            shown += [pair.pk for pair in page]
            after = (page[-1].strength, page[-1].pk)
        assert len(shown) == len(set(shown)) == 6


def test_whoever_changes_is_compared_at_once(db: None) -> None:
    ana, _ = (make.candidate(email="ana@example.com") for _ in range(2))
    react_now(CandidatesChanged(candidate_ids=[ana.pk]))
    assert duplicates.how_many() == 1


def test_the_next_page_is_read_from_an_index(db: None) -> None:
    sql.run("SET LOCAL enable_seqscan = off")
    plan = sql.run(
        "EXPLAIN SELECT * FROM duplicate_pair WHERE verdict = '' AND strength < 4"
        " ORDER BY strength DESC, id LIMIT 25"
    ).fetchall()
    assert "duplicate_pair_open" in str(plan)
    assert "Sort" not in str(plan)

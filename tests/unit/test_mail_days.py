"""The synthetic mail days that the judge of hits is measured on."""

from datetime import timedelta

from bench import judging, mail_days
from warmbench.signals.models import Hit

DAY = mail_days.generate(1, messages=1_500)
MACHINES = {
    "defender",
    "mimecast",
    "proofpoint",
    "barracuda",
    "head checker",
    "late look",
    "time of click",
    "echo",
    "load ahead",
    "chat preview",
    "gmail prefetch",
    "apple privacy",
}
PEOPLE = {
    "reader",
    "reader in an office",
    "fast thumbs",
    "tab opener",
    "double tapper",
    "in an app",
    "forwarded to",
    "comes back",
    "picture proxy",
}


def test_the_same_seed_gives_the_same_day() -> None:
    assert mail_days.generate(1, messages=300) == mail_days.generate(1, messages=300)
    assert mail_days.generate(1, messages=300).hits != mail_days.generate(2, messages=300).hits


def test_a_day_has_every_kind_of_visitor() -> None:
    assert {hit.visitor for hit in DAY.hits if hit.is_machine} >= MACHINES
    assert {hit.visitor for hit in DAY.hits if not hit.is_machine} >= PEOPLE


def test_a_whole_day_has_ten_thousand_events() -> None:
    assert len(mail_days.generate(mail_days.MEASURING[0]).hits) >= 10_000


def test_every_hit_fits_its_row_and_follows_its_mail() -> None:
    mails = {mail.id: mail for mail in DAY.mails}
    for hit in DAY.hits:
        mail = mails[hit.message]
        assert hit.candidate == mail.candidate
        assert hit.at > mail.handed_at - timedelta(seconds=1)
        assert 0 <= hit.link <= mail.links
        assert (hit.link == mail.links) == ("honeypot" in hit.flags)
        assert hit.kind in Hit.Kind.values
        lengths = (len(hit.method), len(hit.agent), len(hit.network), len(hit.system))
        assert all(one <= most for one, most in zip(lengths, (8, 16, 43, 10), strict=True))


def test_no_person_steps_into_the_trap() -> None:
    assert not [hit for hit in DAY.hits if "honeypot" in hit.flags and not hit.is_machine]


def test_an_office_has_one_network_for_many_people() -> None:
    offices: dict[str, set[int]] = {}
    for hit in DAY.hits:
        if hit.visitor == "reader in an office":
            offices.setdefault(hit.network, set()).add(hit.candidate)
    assert max(len(people) for people in offices.values()) >= 10


def test_the_judge_finds_machines_and_loses_hardly_any_person() -> None:
    day = mail_days.generate(mail_days.MEASURING[-1], messages=3_000)
    found = judging.measure(judging.ours, [day]).together

    assert found.share("machine", of_machines=True) >= judging.RECALL
    assert found.share("machine", of_machines=False) <= judging.DISCARDED


def test_lists_of_agents_do_not_find_them() -> None:
    for baseline in (judging.by_agent, judging.two_of_three):
        assert judging.measure(baseline, [DAY]).together.share("machine", of_machines=True) < 0.3

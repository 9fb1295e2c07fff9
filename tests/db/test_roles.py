"""Roles: what can be entered about them, and what becomes of them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests import make
from tests.make import NOW
from warmbench.accounts.models import Role as Job
from warmbench.accounts.models import User
from warmbench.core import events
from warmbench.core.events import Event
from warmbench.core.models import AuditEntry
from warmbench.core.unique import TakenError
from warmbench.people import tag_edits
from warmbench.people.models import Tag
from warmbench.people.wanted_places import WantedPlace
from warmbench.sourcing import alerts, roles
from warmbench.sourcing.models import Alert, AlertCampaign, Role, RoleSkill
from warmbench.sourcing.roles import (
    Draft,
    InvalidRoleError,
    MoveError,
    RoleChanged,
    RoleEnded,
    RoleOpened,
    Skill,
)

LATER = NOW + timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def python() -> Tag:
    return make.tag("Python")


@pytest.fixture
def draft(python: Tag) -> Draft:
    """A role as somebody enters it, in full."""
    return Draft(
        title="Backend engineer",
        company="Harbour Freight Systems",
        company_type="a family-owned logistics group",
        description="We look for somebody who writes Python.",
        summary="Write the software that moves ships.",
        specialty_id=make.tag("Software engineering", Tag.Kind.SPECIALTY).pk,
        seniority_id=make.tag("Manager", Tag.Kind.SENIORITY).pk,
        places=(WantedPlace("Hamburg", "Hamburg", "", "DE"),),
        remote=Role.Remote.HYBRID,
        pay_min=Decimal(70_000),
        pay_max=Decimal(85_000),
        pay_currency="EUR",
        pay_period="year",
        urgency=Role.Urgency.HIGH,
        deadline=NOW + timedelta(days=5),
        apply_url="https://jobs.example.com/7",
        musts=("pay", "place"),
        owner_id=make.user().pk,
        skills=(Skill(python.pk, quote="writes Python"),),
    )


def stored(draft: Draft, **more: Any) -> Role:
    return roles.create(draft, by_id=None, now=NOW, **more)


def opened(draft: Draft) -> Role:
    role = stored(draft)
    roles.change_state(role.pk, "open", by_id=None, now=NOW)
    return role


def problems(draft: Draft) -> dict[str, str]:
    with pytest.raises(InvalidRoleError) as refused:
        stored(draft)
    return refused.value.problems


def test_a_role_is_a_draft_as_it_was_entered(draft: Draft) -> None:
    user = make.user("Bob")

    with events.held_back() as published:
        role = roles.create(draft, by_id=user.pk, now=NOW)

    role.refresh_from_db()
    assert (role.state, role.state_at, role.created_at) == (Role.State.DRAFT, NOW, NOW)
    assert roles.draft_of(role) == draft
    entry = AuditEntry.objects.get(subject=f"role:{role.pk}")
    assert (entry.actor_id, entry.action) == (user.pk, "role.created")
    assert published == []


def test_words_are_stored_without_the_spaces_around_them(draft: Draft) -> None:
    role = stored(replace(draft, title="  Backend \n engineer ", apply_url=" https://a.example/ "))

    assert (role.title, role.apply_url) == ("Backend engineer", "https://a.example/")


def test_a_unit_without_an_amount_is_forgotten(draft: Draft) -> None:
    role = stored(replace(draft, pay_min=None, pay_max=None, musts=()))

    assert (role.pay_currency, role.pay_period) == ("", "")


@pytest.mark.parametrize(
    ("field", "wrong", "sentence"),
    [
        ("title", "  ", "Give the role a title."),
        ("title", "x" * 161, "The title is longer than 160 characters."),
        ("company_type", "x" * 161, "The kind of company is longer than 160 characters."),
        ("summary", "a\0b", "The summary contains a character that cannot be stored."),
        ("apply_url", "javascript:alert(1)", "The apply link must be a whole web address"),
        ("places", (WantedPlace("Bonn"),) * 21, "Name at most 20 places."),
        ("places", (WantedPlace(""),), "A place must have a name."),
        ("pay_min", Decimal(90_000), "The most that is paid is less than the least."),
        ("pay_min", Decimal(0), "This is no amount that somebody is paid."),
        ("pay_max", Decimal("NaN"), "This is no amount that somebody is paid."),
        ("pay_max", Decimal(10) ** 11, "This is no amount that somebody is paid."),
        ("pay_currency", "", "Say in which currency it is paid."),
        ("pay_currency", "XYZ", "The currency must be one of EUR, GBP"),
        ("pay_period", "week", "Say what the pay is for: year, month, day, hour."),
        ("remote", "moon", "Choose where the work is done: on_site, hybrid, remote."),
        ("urgency", "", "Choose how urgent it is: low, normal, high."),
        ("musts", ("beauty",), "“beauty” cannot be a must."),
        ("places", (), "Place cannot be a must while the role does not say it."),
        ("deadline", NOW.replace(tzinfo=None), "The deadline needs a time zone."),
        ("owner_id", 4711, "The owner must be a recruiter who works here."),
        ("skills", (Skill(4711),), "Skill 4711 is not in the tag tree (any more)."),
        ("skills", tuple(map(Skill, range(61))), "Name at most 60 skills."),
        ("specialty_id", 4711, "This is not a specialty of the tag tree (any more)."),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(
    draft: Draft, field: str, wrong: Any, sentence: str
) -> None:
    told = " ".join(problems(replace(draft, **{field: wrong})).values())

    assert sentence in told


def test_tags_are_of_the_right_kind(draft: Draft, python: Tag) -> None:
    wrong = replace(
        draft,
        seniority_id=python.pk,
        skills=(Skill(python.pk), Skill(python.pk, is_required=False)),
    )

    assert problems(wrong) == {
        "skills": "“Python” is named twice.",
        "seniority_id": "This is not a seniority of the tag tree (any more).",
    }


def test_a_viewer_owns_no_role(draft: Draft) -> None:
    assert "owner_id" in problems(replace(draft, owner_id=make.user("Vic", Job.VIEWER).pk))


def test_who_left_the_team_may_stay_the_owner(draft: Draft) -> None:
    role = stored(draft)
    User.objects.filter(pk=draft.owner_id or 0).update(is_active=False)

    assert roles.edit(role.pk, replace(draft, title="Other"), by_id=None, now=LATER)


def test_two_roles_of_one_source_have_two_ids(draft: Draft) -> None:
    stored(draft, source="Careers page", external_id="7")

    with pytest.raises(TakenError, match="Another role of this source"):
        stored(draft, source="Careers page", external_id="7")


class TestEditing:
    def test_says_which_fields_are_others_now(self, draft: Draft) -> None:
        role = stored(draft)
        go = make.tag("Go")
        other = replace(draft, title="Go engineer", skills=(*draft.skills, Skill(go.pk)))

        with events.held_back() as published:
            assert roles.edit(role.pk, other, by_id=None, now=LATER, via="API key Careers")

        role.refresh_from_db()
        assert roles.draft_of(role) == other
        assert (role.changed_at, role.created_at) == (LATER, NOW)
        assert published == [RoleChanged(role_id=role.pk)]
        entry = AuditEntry.objects.get(action="role.edited")
        assert entry.detail == {"fields": ["skills", "title"], "via": "API key Careers"}

    def test_changes_nothing_where_nothing_is_different(self, draft: Draft) -> None:
        role = stored(draft)

        with events.held_back() as published:
            assert not roles.edit(role.pk, draft, by_id=None, now=LATER)

        role.refresh_from_db()
        assert role.changed_at == NOW
        assert published == []

    def test_keeps_a_skill_that_is_only_nice_to_have_now(self, draft: Draft, python: Tag) -> None:
        role = stored(draft)
        skills = (Skill(python.pk, is_required=False, quote="writes Python"),)

        assert roles.edit(role.pk, replace(draft, skills=skills), by_id=None, now=LATER)
        assert not RoleSkill.objects.get(role=role).is_required

    def test_never_takes_the_last_skill_from_an_open_role(self, draft: Draft) -> None:
        role = opened(draft)

        with pytest.raises(InvalidRoleError, match="Name at least one skill"):
            roles.edit(role.pk, replace(draft, skills=()), by_id=None, now=LATER)

    def test_goes_on_after_a_skill_was_merged_into_another(self, draft: Draft, python: Tag) -> None:
        role = stored(draft)
        snake = make.tag("CPython")
        tag_edits.merge(python.pk, snake.pk, by_id=None, now=NOW)

        role.refresh_from_db()
        assert [skill.tag_id for skill in roles.draft_of(role).skills] == [snake.pk]

    @pytest.mark.parametrize("is_required", [True, False])
    def test_what_is_required_under_one_of_two_names_is_required(
        self, draft: Draft, python: Tag, is_required: bool
    ) -> None:
        snake = make.tag("CPython")
        both = Skill(python.pk, is_required), Skill(snake.pk, not is_required)
        role = stored(replace(draft, skills=both))

        tag_edits.merge(python.pk, snake.pk, by_id=None, now=NOW)

        assert RoleSkill.objects.get(role=role).is_required

    def test_alerts_name_a_merged_skill_as_it_is_called_now(
        self, draft: Draft, python: Tag
    ) -> None:
        role, snake, rust = stored(draft), make.tag("CPython"), make.tag("Rust")
        had = {"one": [rust.pk, python.pk], "both": [python.pk, snake.pk], "other": [snake.pk]}
        alerts = {
            name: Alert.objects.create(
                role=role,
                candidate=make.candidate(),
                level=Alert.Level.NORMAL,
                wave=1,
                matched=matched,
                score=1,
                policy=1,
                threshold=1,
                next_try_at=NOW,
                made_at=NOW,
                state_at=NOW,
            )
            for name, matched in had.items()
        }

        tag_edits.merge(python.pk, snake.pk, by_id=None, now=NOW)

        for alert in alerts.values():
            alert.refresh_from_db()
        assert {name: alert.matched for name, alert in alerts.items()} == {
            "one": [rust.pk, snake.pk],
            "both": [snake.pk],
            "other": [snake.pk],
        }


class TestStates:
    @pytest.mark.parametrize(
        ("state", "event"),
        [
            ("open", RoleOpened),
            ("on_hold", RoleChanged),
            ("filled", RoleEnded),
            ("closed", RoleEnded),
        ],
    )
    def test_each_says_what_it_means(self, draft: Draft, state: str, event: type[Event]) -> None:
        role = stored(draft)

        with events.held_back() as published:
            assert roles.change_state(role.pk, state, by_id=None, now=LATER, note="by phone")

        role.refresh_from_db()
        assert (role.state, role.state_at) == (state, LATER)
        assert published == [event(role_id=role.pk)]  # type: ignore[call-arg]
        entry = AuditEntry.objects.get(action="role.state")
        assert entry.detail == {"from": "draft", "to": state, "note": "by phone"}

    def test_twice_is_once(self, draft: Draft) -> None:
        role = opened(draft)

        assert not roles.change_state(role.pk, "open", by_id=None, now=LATER)
        assert AuditEntry.objects.filter(action="role.state").count() == 1

    def test_nothing_becomes_a_draft_again(self, draft: Draft) -> None:
        role = opened(draft)

        with pytest.raises(MoveError, match="cannot become a draft again"):
            roles.change_state(role.pk, "draft", by_id=None, now=LATER)
        assert Role.State.DRAFT not in roles.moves(Role.objects.get())

    def test_an_unknown_one_is_refused(self, draft: Draft) -> None:
        with pytest.raises(MoveError, match=r"“lost” is no state\. Choose among draft, open"):
            roles.change_state(stored(draft).pk, "lost", by_id=None, now=LATER)

    def test_a_role_without_skills_is_not_opened(self, draft: Draft) -> None:
        role = stored(replace(draft, skills=()))

        with pytest.raises(InvalidRoleError, match="Name at least one skill"):
            roles.change_state(role.pk, "open", by_id=None, now=LATER)

    def test_who_was_to_be_told_is_told_no_more_from_the_same_moment_on(self, draft: Draft) -> None:
        role = opened(draft)
        alerts.start(role.pk, threshold=1, strong_from=5, wave_size=25, by_id=None, now=NOW)
        campaign = AlertCampaign.objects.filter(role=role).values_list("state", flat=True)

        with events.held_back():  # No reaction is waited for.
            roles.change_state(role.pk, "on_hold", by_id=None, now=LATER)
            assert campaign.get() == AlertCampaign.State.PAUSED
            roles.change_state(role.pk, "open", by_id=None, now=LATER)
            assert campaign.get() == AlertCampaign.State.RUNNING
            roles.change_state(role.pk, "filled", by_id=None, now=LATER)
            assert campaign.get() == AlertCampaign.State.ENDED

    def test_a_filled_role_opens_again(self, draft: Draft) -> None:
        role = opened(draft)
        roles.change_state(role.pk, "filled", by_id=None, now=LATER)

        assert roles.change_state(role.pk, "open", by_id=None, now=LATER)

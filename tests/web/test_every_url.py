"""Every address, called by everybody: each view declares its policy and keeps to it.

A new view fails here until it declares one with ``@policy``; a new kind of id in an address
fails until ``SAMPLES`` knows a row for it that Alice owns.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import pytest
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import make, said
from warmbench.accounts import api_keys
from warmbench.accounts.models import Absence, Role, SavedView, User
from warmbench.accounts.policies import Policy
from warmbench.core import audit, clock, tokens
from warmbench.core.models import AuditEntry
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.models import Insight
from warmbench.integrations.models import AtsConnection, AtsWrite
from warmbench.messaging.models import Decision, Sender, Switch, Thread
from warmbench.nurture import enrollment
from warmbench.nurture.models import ContentPiece, Forecast, MarketSnippet, Personalisation, Step
from warmbench.people import bulk_pauses, handing_over, reservations
from warmbench.people.models import (
    BulkTagging,
    Candidate,
    CandidateImport,
    CandidateMerge,
    CandidateRecord,
    Conflict,
    OffLimits,
    ReservationRequest,
    RightsRequest,
    Suppression,
    Tag,
    UnmatchedSkill,
)
from warmbench.shortlists import sharing
from warmbench.shortlists.models import Change, Outcome, ShortlistEntry, WeightProposal
from warmbench.shortlists.sharing import Shared
from warmbench.signals import bulk_reminders
from warmbench.signals.models import FollowUp, Hit
from warmbench.sourcing.models import AlertCampaign
from warmbench.sourcing.models import Role as SourcingRole

#: Addresses of other people's packages that cannot carry our mark, each with its reason.
UNDECLARED: dict[str, str] = {}


@dataclass(frozen=True)
class Address:
    """One pattern of the map."""

    route: str
    name: str | None
    pattern: URLPattern

    @property
    def policy(self) -> Policy | None:
        """What the view declares."""
        return getattr(self.pattern.callback, "declared_policy", None)


def walk(resolver: URLResolver, before: str = "", space: str = "") -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(
                entry, route, space + (f"{entry.namespace}:" if entry.namespace else "")
            )
        else:
            yield Address(route, f"{space}{entry.name}" if entry.name else None, entry)


ADDRESSES = [address for address in walk(get_resolver()) if address.route not in UNDECLARED]


class Agency:
    """A candidate of Alice's, and everybody who may want to see her."""

    def __init__(self) -> None:
        self.viewer = self.user("viewer", Role.VIEWER)
        self.owner = self.user("alice", Role.RECRUITER)
        self.other_recruiter = self.user("bob", Role.RECRUITER)
        self.admin = self.user("admin", Role.ADMIN)
        self.auditor = self.user("auditor", Role.VIEWER)
        User.objects.filter(pk=self.auditor.pk).update(is_auditor=True)

    @staticmethod
    def user(name: str, role: Role) -> User:
        return User.objects.create_user(
            f"{name}@example.com", "secret", date_joined=make.NOW, name=name.title(), role=role
        )

    @cached_property
    def candidate(self) -> Candidate:
        """Alice's."""
        return make.candidate(owner=self.owner)

    @cached_property
    def absence(self) -> Absence:
        """Days on which Alice is away."""
        days = {"first_day": make.NOW.date(), "last_day": make.NOW.date()}
        return Absence.objects.create(user=self.owner, at=make.NOW, **days)

    @cached_property
    def thread(self) -> Thread:
        """A conversation with Alice's candidate."""
        return Thread.objects.create(candidate=self.candidate, last_at=make.NOW)

    @cached_property
    def reserved(self) -> Candidate:
        """Alice's, whom nobody else may approach."""
        reservations.reserve(
            self.candidate.pk, self.owner.pk, why="Talks", by_id=self.owner.pk, now=make.NOW
        )
        return self.candidate

    @cached_property
    def sender(self) -> Sender:
        """Alice's mailbox."""
        return make.sender(self.owner)

    @cached_property
    def brought_in(self) -> CandidateImport:
        """A file that Alice brought in, and that was loaded."""
        header: dict[str, object] = {
            "header": [],
            "sample": [],
            "email_columns": [],
            "warnings": [],
        }
        return CandidateImport.objects.create(
            source="Old ATS",
            file_name="export.csv",
            path="imports/gone.csv",
            size=1,
            layout=header
            | {"encoding": "utf-8", "delimiter": ",", "quote": '"', "escape": "", "header_line": 1}
            | {"start": [1, 1], "size": 1, "estimated_rows": 0},
            state=CandidateImport.State.DONE,
            by=self.owner,
            created_at=make.NOW,
        )

    @cached_property
    def piece(self) -> ContentPiece:
        """Something to read."""
        make.organisation()
        return make.piece()

    @cached_property
    def switch(self) -> Switch:
        """A stop that Alice engaged, of something that stops none of the other pages."""
        return Switch.objects.create(
            scope=Switch.Scope.SEQUENCE, key=1, engaged_by=self.owner, engaged_at=make.NOW
        )

    @cached_property
    def specialty(self) -> Tag:
        """A specialty that Alice's candidate may get."""
        trades = make.tag("Trades", Tag.Kind.CATEGORY)
        return make.tag("Welding", Tag.Kind.SPECIALTY, trades)

    @cached_property
    def skill(self) -> Tag:
        """What roles ask for."""
        return make.tag("Kubernetes", Tag.Kind.SKILL, self.specialty)

    @cached_property
    def role(self) -> SourcingRole:
        """A role of Alice's that people are told of."""
        role = make.role(self.skill, owner=self.owner)
        AlertCampaign.objects.create(role=role, started_at=make.NOW, started_by=self.owner)
        return role

    @cached_property
    def shared(self) -> Shared:
        """A shortlist with Alice's candidate on it, and the link to it."""
        version = make.profile(self.skill, owner=self.owner, role=self.role)
        made = make.shortlist(version, self.candidate)
        return sharing.share(made.pk, reader="Dr Weber", by_id=self.owner.pk, now=clock.now())

    @cached_property
    def entry(self) -> ShortlistEntry:
        """Alice's candidate on that shortlist."""
        return self.shared.link.shortlist.entries.get()

    @cached_property
    def stop(self) -> Suppression:
        """Alice's own stop of her candidate."""
        return Suppression.objects.create(
            candidate=self.candidate,
            reason=Suppression.Reason.MANUAL,
            by=self.owner,
            at=make.NOW,
        )

    @cached_property
    def bulk(self) -> BulkTagging:
        """What Alice tagged in bulk."""
        return BulkTagging.objects.create(
            tag=self.specialty,
            added=True,
            candidate_ids=[self.candidate.pk],
            by=self.owner,
            at=make.NOW,
        )

    @cached_property
    def view(self) -> SavedView:
        """A list that Alice shares."""
        return SavedView.objects.create(
            owner=self.owner, name="Passive", query="status=passive", is_shared=True, at=make.NOW
        )

    @cached_property
    def hand_over(self) -> AuditEntry:
        """Somebody whom Alice gave away."""
        given = handing_over.give(
            [self.candidate.pk], to_id=None, by_id=self.owner.pk, now=make.NOW
        )
        assert given is not None
        return given

    @cached_property
    def check_in(self) -> Personalisation:
        """A letter to Alice's candidate, before it goes."""
        make.organisation()
        step = make.sequence(Step.Kind.CHECK_IN).steps.get()
        return Personalisation.objects.create(
            candidate=self.candidate,
            step=step,
            touch="s/check-in",
            occurrence=0,
            fields={},
            asked_at=make.NOW,
            due_at=make.NOW,
        )

    @cached_property
    def insight(self) -> Insight:
        """What Alice heard of her candidate."""
        words = said.fact("wants remote", Kind.REMOTE, {"mode": "remote"}, Polarity.WANTS)
        (one,) = said.note(words, about=self.candidate, author_id=self.owner.pk)
        return one

    @cached_property
    def follow_up(self) -> FollowUp:
        """One in Alice's queue."""
        return make.follow_up(self.candidate)


#: What to put into an address: by the name of its parameter, or by "address:parameter" where
#: the name alone does not say what it is.
SAMPLES: dict[str, Callable[[Agency], object]] = {
    "change_id": lambda agency: (
        Change.objects.create(
            candidate=agency.candidate,
            kind="skill",
            key="rust",
            sentence="Has a new skill: Rust.",
            on_day=make.NOW.date(),
            at=make.NOW,
            materiality=0.4,
        ).pk
    ),
    "judged": lambda _: "useful",
    "bulk_id": lambda agency: agency.bulk.pk,
    "hand_over_id": lambda agency: agency.hand_over.pk,
    "view_id": lambda agency: agency.view.pk,
    "bulk_pause_id": lambda agency: (
        audit.record(agency.owner.pk, bulk_pauses.PAUSED, "user:1", now=make.NOW).pk
    ),
    "bulk_reminder_id": lambda agency: (
        audit.record(agency.owner.pk, bulk_reminders.REMINDED, "user:1", now=make.NOW).pk
    ),
    "bulk-sequence-undo:entry_id": lambda agency: (
        audit.record(agency.owner.pk, enrollment.BEGUN, "sequence:1", now=make.NOW).pk
    ),
    "message_id": lambda agency: make.message(agency.candidate, agency.sender).pk,
    "hit_id": lambda agency: (
        Hit.objects.create(
            candidate_id=agency.candidate.pk,
            message_id=make.message(agency.candidate, agency.sender).pk,
            link=0,
            method="GET",
            at=make.NOW,
            verdict="unsure",
        ).pk
    ),
    "forecast_id": lambda agency: (
        Forecast.objects.create(
            scope=Forecast.Scope.EVERYTHING, since=make.NOW, days=30, asked_at=make.NOW
        ).pk
    ),
    "decision_id": lambda agency: (
        Decision.objects.create(
            candidate_id=agency.candidate.pk,
            touch="s/a",
            stage="planning",
            verdict="allow",
            at=make.NOW,
            policy=1,
        ).pk
    ),
    "asked_id": lambda agency: (
        ReservationRequest.objects.create(
            candidate=agency.reserved,
            by=agency.other_recruiter,
            of=agency.owner,
            at=make.NOW,
            lapses_at=make.NOW,
        ).pk
    ),
    "off_limits_id": lambda agency: (
        OffLimits.objects.create(
            employer="Contoso", key="contoso", since=make.NOW, at=make.NOW, by=agency.owner
        ).pk
    ),
    "absence_id": lambda agency: agency.absence.pk,
    "check_in_id": lambda agency: agency.check_in.pk,
    "snippet_id": lambda agency: (
        MarketSnippet.objects.create(
            text="Hiring has picked up.", written_on=make.NOW, expires_on=make.NOW
        ).pk
    ),
    "insight_id": lambda agency: agency.insight.pk,
    "source_id": lambda agency: agency.insight.source_id,
    "follow_up_id": lambda agency: agency.follow_up.pk,
    "suppression_id": lambda agency: agency.stop.pk,
    "tag_id": lambda agency: agency.specialty.pk,
    "candidate_id": lambda agency: agency.candidate.pk,
    "other_id": lambda agency: make.candidate(owner=agency.owner).pk,
    "merge_id": lambda agency: (
        CandidateMerge.objects.create(kept=agency.candidate, gone_id=1, at=make.NOW).pk
    ),
    # Outside the demo there is no mail catcher, but its doors are guarded all the same.
    "mail_id": lambda agency: 1,
    "alias_id": lambda agency: agency.specialty.aliases.earliest("pk").pk,
    "request_id": lambda agency: (
        RightsRequest.objects.create(
            candidate=agency.candidate, kind="access", received_at=make.NOW, deadline=make.NOW
        ).pk
    ),
    "skill_id": lambda agency: (
        UnmatchedSkill.objects.create(key="welding", text="Welding", first_seen_at=make.NOW).pk
    ),
    "import_id": lambda agency: agency.brought_in.pk,
    "piece_id": lambda agency: agency.piece.pk,
    "pool_id": lambda agency: make.pool("status = passive", owner=agency.owner).pk,
    "role_id": lambda agency: agency.role.pk,
    "profile_id": lambda agency: agency.shared.link.shortlist.version.profile_id,
    "proposal_id": lambda agency: (
        WeightProposal.objects.create(
            profile=agency.shared.link.shortlist.version.profile,
            version=agency.shared.link.shortlist.version,
            changes={
                "weights": [],
                "musts": [],
                "too_mild": [],
                "misfits": [],
                "told": 6,
                "lists": 2,
            },
            replay={"before": {}, "after": {}, "moved": [], "lists": 2},
            counted={"answer_id": 0, "outcome_id": 0},
            made_at=make.NOW,
        ).pk
    ),
    "version_id": lambda agency: agency.shared.link.shortlist.version_id,
    "shortlist_id": lambda agency: agency.shared.link.shortlist_id,
    "entry_id": lambda agency: agency.entry.pk,
    "link_id": lambda agency: agency.shared.link.pk,
    "outcome_id": lambda agency: (
        Outcome.objects.create(entry=agency.entry, kind="hire", source="person", at=make.NOW).pk
    ),
    "shared-shortlist:token": lambda agency: agency.shared.token,
    "role-state:state": lambda agency: "filled",
    "role-alerts-change:action": lambda agency: "pause",
    "inbox_id": lambda agency: make.inbox().pk,
    "notification_id": lambda agency: make.notification(agency.owner).pk,
    "subscription_id": lambda agency: make.subscription().pk,
    "delivery_id": lambda agency: 1,
    "enrollment_id": lambda agency: 1,
    "api:export_table:what": lambda agency: "signals",
    "scheduling_key": lambda agency: make.scheduling_account(agency.owner).hook_key,
    "account_id": lambda agency: make.scheduling_account(agency.owner).pk,
    "scheduler": lambda agency: "calendly",
    "upload_id": lambda agency: make.profile_upload().pk,
    "hook_key": lambda agency: make.ats_connection().hook_key,
    "connection_id": lambda agency: make.ats_connection().pk,
    "vendor_key": lambda agency: "greenhouse",
    "write_id": lambda agency: (
        AtsWrite.objects.create(
            connection=AtsConnection.objects.latest("pk"),
            kind="opt_out",
            key="opt_out:1",
            candidate=agency.candidate,
            external_id="1",
            state="stuck",
            made_at=make.NOW,
        ).pk
    ),
    "conflict_id": lambda agency: (
        Conflict.objects.create(
            record=CandidateRecord.objects.create(
                source="Greenhouse",
                external_id="1",
                candidate=agency.candidate,
                seen_at=make.NOW,
            ),
            field="employer",
            ours="Contoso",
            theirs="Fabrikam",
            at=make.NOW,
        ).pk
    ),
    "webhook_id": lambda agency: make.webhook().pk,
    "provider": lambda agency: "postmark",
    "sender_id": lambda agency: agency.sender.pk,
    "thread_id": lambda agency: agency.thread.pk,
    "sequence_id": lambda agency: make.sequence(Step.Kind.MESSAGE).sequence_id,
    "switch_id": lambda agency: agency.switch.pk,
    "user_id": lambda agency: agency.owner.pk,
    "api_key_id": lambda agency: (
        api_keys.make("Careers page", "read", by_id=None, now=make.NOW)[0].pk
    ),
    "token": lambda agency: tokens.sign(tokens.Purpose.UNSUBSCRIBE, agency.candidate.pk, 0),
}

VISITORS = ["anonymous", "viewer", "auditor", "other_recruiter", "owner", "admin"]
#: Who is let in by each policy. OWNER is what it says, for a row that Alice owns.
WELCOME: dict[Policy, set[str]] = {
    Policy.PUBLIC: {"anonymous", "viewer", "auditor", "other_recruiter", "owner", "admin"},
    Policy.SIGNED_IN: {"viewer", "auditor", "other_recruiter", "owner", "admin"},
    Policy.RECRUITER: {"other_recruiter", "owner", "admin"},
    Policy.OWNER: {"owner", "admin"},
    Policy.ADMIN: {"admin"},
    # No role has it: whoever was given it, and nobody else.
    Policy.AUDITOR: {"auditor"},
    # Whoever is signed in has no key: tests/web/test_api.py comes with one.
    Policy.KEY: set(),
}


def sample(address: Address, agency: Agency) -> str:
    """The address with a row of Alice's in it, made for this one."""
    return address_of(address, lambda make_row: make_row(agency))


def address_of(address: Address, row: Callable[[Callable[[Agency], object]], object]) -> str:
    """The address with the rows in it that ``row`` gives for each way to make one."""
    assert address.name, f"Give /{address.route} a name."
    filled = {}
    for parameter in address.pattern.pattern.converters or address.pattern.pattern.regex.groupindex:
        known = SAMPLES.get(f"{address.name}:{parameter}") or SAMPLES.get(parameter)
        assert known, f"Add a row of Alice's for {parameter} of /{address.route} to SAMPLES."
        filled[parameter] = row(known)
    return reverse(address.name, kwargs=filled)


def let_in(response: HttpResponseBase, declared: Policy) -> bool:
    """Whether the view answered, and not its guard."""
    sent_away = response.status_code == 302 and response.headers["Location"].startswith("/sign-in/")
    # A provider's call that is not signed is answered 401 by the view itself.
    asks_for_key = declared is Policy.KEY and response.status_code == 401
    return not sent_away and not asks_for_key and response.status_code != 403


@pytest.fixture
def agency(db: None) -> Agency:
    return Agency()


def test_there_are_addresses() -> None:
    assert ADDRESSES


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: f"/{address.route}")
def test_every_view_declares_its_policy(address: Address) -> None:
    assert isinstance(address.policy, Policy), "Mark the view with @policy(Policy.…)."


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: f"/{address.route}")
def test_every_view_keeps_to_its_policy(
    address: Address, agency: Agency, subtests: pytest.Subtests
) -> None:
    path = sample(address, agency)
    for visitor in VISITORS:
        with subtests.test(visitor=visitor), undone():
            client = Client()
            if visitor != "anonymous":
                client.force_login(getattr(agency, visitor))
            _keeps_to_its_policy(address, path, client, visitor)


@contextmanager
def undone() -> Iterator[None]:
    """What one visitor changes or takes away, the next one finds as it was."""
    before = connection.savepoint()
    assert before
    try:
        yield
    finally:
        connection.savepoint_rollback(before)


def _keeps_to_its_policy(address: Address, path: str, client: Client, visitor: str) -> None:
    assert address.policy is not None
    answers = [
        answer for answer in (client.get(path), client.post(path)) if answer.status_code != 405
    ]

    assert answers, "A view answers to GET or to POST."
    assert all(answer.status_code < 500 for answer in answers)
    if visitor in WELCOME[address.policy]:
        assert any(let_in(answer, address.policy) for answer in answers)
    else:
        # An owner's page may be read by all who are signed in; it is the change that is hers.
        reading = address.policy is Policy.OWNER and visitor == "other_recruiter"
        refused = answers[-1:] if reading else answers
        assert not any(let_in(answer, address.policy) for answer in refused)

"""Builders: the smallest valid row of each kind, ready for a test to make interesting."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from warmbench.accounts.models import Kind, Notification, Organisation, Role, User, Webhook
from warmbench.integrations.models import (
    AtsConnection,
    Happening,
    ModelProvider,
    ProfileUpload,
    SchedulingAccount,
    Subscription,
)
from warmbench.messaging import templates
from warmbench.messaging.models import Attempt, Inbox, Message, Sender, Template
from warmbench.nurture import checking
from warmbench.nurture.models import (
    ContentCheck,
    ContentPiece,
    ContentVariant,
    Enrollment,
    Pool,
    Sequence,
    SequenceVersion,
    Step,
)
from warmbench.people import tag_words
from warmbench.people.models import (
    Candidate,
    CandidateTag,
    Channel,
    Consent,
    ContactPoint,
    Notice,
    Tag,
    TagAlias,
    TruthSource,
)
from warmbench.people.spreadsheet import Layout, Mark
from warmbench.shortlists import frozen, profiles
from warmbench.shortlists.models import ProfileVersion, Shortlist, ShortlistEntry
from warmbench.shortlists.requirements import Aspect, Requirement, Spec, Tier, key_for
from warmbench.shortlists.verdict import Evidence, Judged, Left, Listed, Quote, Reason, Standing
from warmbench.signals import record
from warmbench.signals.models import FollowUp, Signal
from warmbench.signals.record import SignalDraft
from warmbench.sourcing import alerts
from warmbench.sourcing import models as sourcing

#: Every test happens at this moment, unless it says otherwise: a Tuesday, 10:00 in Berlin.
NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)

#: The words of a message that nobody looks at.
BODY = "Hello {{ first_name }},\n\n[read on](https://example.com/read)"

_number = count(1)


def organisation() -> Organisation:
    made, _ = Organisation.objects.get_or_create(
        pk=1,
        defaults={
            "name": "Northwind Talent",
            "postal_address": "1 Quay Street, 10115 Berlin",
            "default_country": "DE",
            "default_time_zone": "Europe/Berlin",
            "created_at": NOW,
        },
    )
    return made


def user(name: str = "Alice Meyer", role: Role = Role.RECRUITER) -> User:
    email = f"{name.split(maxsplit=1)[0].lower()}{next(_number)}@example.com"
    return User.objects.create_user(
        email,
        date_joined=NOW,
        name=name,
        role=role,
        time_zone="Europe/Berlin",
        booking_url="https://cal.example/alice",
    )


def sender(owner: User | None = None, *, is_default: bool = False, cap: int = 1000) -> Sender:
    """A mailbox without spacing, long past its ramp."""
    return Sender.objects.create(
        owner=owner,
        from_name=owner.name if owner else "Northwind Talent",
        from_address=f"box{next(_number)}@northwind.example",
        host="127.0.0.1",
        security=Sender.Security.NONE,
        is_default=is_default,
        daily_cap=cap,
        spacing_min=0,
        spacing_max=0,
        ramp_started_on=date(2025, 1, 1),
        activated_at=NOW,
        created_at=NOW,
    )


def inbox(**fields: Any) -> Inbox:
    """A mailbox at an address where nobody answers, that is to be read."""
    usual = {
        "host": "127.0.0.1",
        "port": 9,
        "security": Sender.Security.NONE,
        "username": f"box{next(_number)}",
        "password": "secret",
        "read_since": NOW.date(),
        "free_at": NOW,
        "created_at": NOW,
    }
    return Inbox.objects.create(**usual | fields)


def notification(user: User, **fields: Any) -> Notification:
    """Something that somebody was told a moment ago, and has not read."""
    usual = {
        "kind": Kind.REPLY,
        "key": f"test:{next(_number)}",
        "title": "Something happened",
        "told_at": NOW,
    }
    return Notification.objects.create(user=user, **(usual | fields))


def webhook(**fields: Any) -> Webhook:
    """A chat channel at an address where nobody answers."""
    usual = {
        "name": "#recruiting",
        "url": "http://127.0.0.1:9/services/x",
        "host": "127.0.0.1",
        "secret": "whsec_c2VjcmV0",
        "kinds": [Kind.REPLY],
        "free_at": NOW,
        "created_at": NOW,
    }
    return Webhook.objects.create(**(usual | fields))


def subscription(**fields: Any) -> Subscription:
    """A program at an address where nobody answers."""
    usual = {
        "name": "ATS",
        "url": "http://127.0.0.1:9/hooks",
        "host": "127.0.0.1",
        "secret": "whsec_c2VjcmV0",
        "kinds": [Happening.STATUS_CHANGED],
        "free_at": NOW,
        "created_at": NOW,
    }
    return Subscription.objects.create(**(usual | fields))


def ats_connection(**fields: Any) -> AtsConnection:
    """A Greenhouse that is being set up; nobody answers at its addresses."""
    number = next(_number)
    closed = "http://127.0.0.1:9"
    given: dict[str, Any] = {
        "vendor": "greenhouse",
        "truth": TruthSource.objects.create(name=f"Greenhouse {number}"),
        "credentials": json.dumps({"client_id": "me", "client_secret": "secret"}),
        "addresses": {"auth": closed, "api": closed},
        "hook_key": f"key-{number}",
        "made_at": NOW,
    }
    return AtsConnection.objects.create(**given | fields)


def scheduling_account(recruiter: User) -> SchedulingAccount:
    """A Calendly of a recruiter; nobody answers at its address."""
    made, _ = SchedulingAccount.objects.get_or_create(
        recruiter=recruiter,
        defaults={
            "vendor": "calendly",
            "credentials": json.dumps({"token": "secret"}),
            "addresses": {"api": "http://127.0.0.1:9"},
            "found": {"name": "Alice", "links": [], "ids": {}},
            "hook_key": f"key-{next(_number)}",
            "made_at": NOW,
        },
    )
    return made


def model_provider() -> ModelProvider:
    """A language model that is on and rests; nobody answers at its address."""
    return ModelProvider.objects.create(
        address="http://127.0.0.1:9/v1",
        model="sample-large",
        is_on=True,
        found={"facts": 2, "millis": 900},
        problem="The model asks us to wait.",
        rests_until=NOW + timedelta(days=3650),
        budget=20,
        made_at=NOW,
    )


def profile_upload() -> ProfileUpload:
    """A file of profiles that was compared."""
    layout = Layout("utf-8", ",", '"', "", ("Name",), 1, Mark(), 1, (), (), (), 1)
    return ProfileUpload.objects.create(
        source="LinkedIn",
        file_name="profiles.csv",
        taken_at=NOW,
        state="done",
        layout=layout.as_json(),
        counts={"rows": 1, "matched": 0, "older": 0, "changes": 0, "unmatched": 1},
        unmatched=[{"line": 2, "reason": "Nobody", "cells": ["Jo"]}],
        made_at=NOW,
    )


def text_sender(
    owner: User | None = None, *, number: str = "+442079460999", is_default: bool = False
) -> Sender:
    """A number that sends texts, without spacing, long past its ramp."""
    return Sender.objects.create(
        channel=Channel.SMS,
        owner=owner,
        from_name=owner.name if owner else "Northwind Talent",
        from_address=number,
        brand="Northwind",
        host="https://api.twilio.example",
        port=443,
        security=Sender.Security.TLS,
        username="AC" + "0" * 32,
        password="an auth token",
        is_default=is_default,
        daily_cap=1000,
        spacing_min=0,
        spacing_max=0,
        ramp_started_on=date(2025, 1, 1),
        checks_passed_at=NOW,
        activated_at=NOW,
        created_at=NOW,
    )


def phone(candidate: Candidate, number: str = "", *, consented: bool = True) -> str:
    """A number of somebody's, at which she agreed to get texts."""
    number = number or f"+4420794{60000 + next(_number):05}"
    ContactPoint.objects.create(
        candidate=candidate, channel=Channel.SMS, address=number, added_at=NOW
    )
    if consented:
        Consent.objects.create(
            candidate=candidate,
            channel=Channel.SMS,
            basis=Consent.Basis.CONSENT,
            evidence="Ticked the box for texts",
            at=NOW - timedelta(days=1),
        )
    return number


def tag(name: str, kind: Tag.Kind = Tag.Kind.SKILL, parent: Tag | None = None) -> Tag:
    made = Tag.objects.create(name=name, kind=kind, parent=parent)
    TagAlias.objects.create(tag=made, kind=kind, text=name, key=tag_words.key(name))
    return made


def candidate(
    *tags: Tag,
    owner: User | None = None,
    status: Candidate.Status = Candidate.Status.PASSIVE,
    email: str | None = "",
    consented: bool = True,
    told: bool = True,
    time_zone: str = "Europe/Berlin",
    country: str = "DE",
    first_name: str = "Ana",
    last_name: str = "",
) -> Candidate:
    """Somebody who may be written to, at an address of her own unless ``email`` is None, and who
    knows that we have her data."""
    n = next(_number)
    made = Candidate.objects.create(
        first_name=first_name,
        last_name=last_name or f"Moreau {n}",
        status=status,
        status_since=NOW,
        owner=owner,
        country=country,
        time_zone=time_zone,
        added_at=NOW,
        changed_at=NOW,
    )
    if email is not None:
        ContactPoint.objects.create(
            candidate=made,
            channel=Channel.EMAIL,
            address=email or f"c{n}@example.com",
            added_at=NOW,
        )
    if consented:
        Consent.objects.create(
            candidate=made,
            channel=Channel.EMAIL,
            basis=Consent.Basis.CONSENT,
            evidence="Met at a fair",
            at=NOW - timedelta(days=1),
        )
    if told:
        Notice.objects.create(candidate=made, kind=Notice.Kind.TOLD, at=NOW)
    for one in tags:
        CandidateTag.objects.create(
            candidate=made,
            tag=one,
            source="test",
            added_at=NOW,
            is_primary=one.kind == Tag.Kind.SPECIALTY,
        )
    return made


def template(
    subject: str = "Hello {{ first_name }}",
    body: str = BODY,
) -> Template:
    compiled = templates.compile(subject=subject, body=body, look="letter")
    made, _ = Template.objects.get_or_create(
        digest=compiled.digest,
        defaults={
            "look": compiled.look,
            "subject": subject,
            "body": body,
            "compiled": compiled.to_json(),
            "required": list(compiled.required),
            "created_at": NOW,
        },
    )
    return made


def text_template(body: str = "Hello {{ first_name }}, have you seen this?") -> Template:
    compiled = templates.compile(subject="", body=body, look="text")
    made, _ = Template.objects.get_or_create(
        digest=compiled.digest,
        defaults={
            "look": compiled.look,
            "subject": "",
            "body": body,
            "compiled": compiled.to_json(),
            "required": list(compiled.required),
            "created_at": NOW,
        },
    )
    return made


def piece(
    topic: Tag | None = None,
    *,
    kind: str = ContentPiece.Kind.TRENDS,
    title: str = "",
    **fields: Any,
) -> ContentPiece:
    """A live piece with one wording."""
    n = next(_number)
    made = ContentPiece.objects.create(
        key=f"piece-{n}",
        kind=kind,
        title=title or f"Piece {n}",
        topic=topic,
        **{"state": ContentPiece.State.LIVE, "reviewed_on": NOW.date()} | fields,
    )
    variant(made)
    return made


def variant(
    piece: ContentPiece, label: str = "A", *, body: str = "", **fields: Any
) -> ContentVariant:
    """One more wording of a piece, which goes out if the piece does."""
    words = template(subject=f"{piece.title} {label}".removesuffix(" A"), body=body or BODY)
    return ContentVariant.objects.create(
        piece=piece,
        label=label,
        **{"subject": words.subject, "body": words.body, "template": words} | fields,
    )


def checked(piece: ContentPiece) -> None:
    """The checks that the words of a piece have to pass, passed."""
    for kind in ContentCheck.Kind:
        ContentCheck.objects.update_or_create(
            piece=piece,
            kind=kind,
            digest=checking.digest(piece, checking.wordings_of(piece.pk)),
            defaults={"is_passed": True, "score": 1, "at": NOW},
        )


def sequence(
    *kinds: Step.Kind, wait_days: int = 30, repeat_from: int | None = None
) -> SequenceVersion:
    """An active sequence of such steps, the first due at once."""
    n = next(_number)
    made = Sequence.objects.create(
        key=f"sequence-{n}", name=f"Sequence {n}", state=Sequence.State.ACTIVE
    )
    version = made.versions.create(number=1, repeat_from=repeat_from, created_at=NOW)
    for position, kind in enumerate(kinds):
        is_content = kind == Step.Kind.CONTENT
        is_worded = kind in {Step.Kind.MESSAGE, Step.Kind.CHECK_IN, Step.Kind.PREFERENCE}
        version.steps.create(
            position=position,
            key=f"step-{position}",
            kind=kind,
            wait_days=wait_days if position else 0,
            template=template() if is_worded else None,
            content_kind=ContentPiece.Kind.TRENDS if is_content else "",
        )
    return version


def enrollment(
    candidate: Candidate, version: SequenceVersion, *, due: datetime = NOW
) -> Enrollment:
    return Enrollment.objects.create(
        candidate=candidate,
        version=version,
        sequence=version.sequence,
        next_step_at=due,
        started_at=due,
    )


def pool(entry_rule: str, *sequences: Sequence, **fields: object) -> Pool:
    n = next(_number)
    made = Pool.objects.create(name=f"Pool {n}", entry_rule=entry_rule, created_at=NOW, **fields)
    made.sequences.set(sequences)
    return made


def message(
    candidate: Candidate,
    sender: Sender,
    *,
    touch: str = "",
    purpose: Message.Purpose = Message.Purpose.WELCOME,
    due: datetime = NOW,
) -> Message:
    """A queued message, as the planner would have written it."""
    return Message.objects.create(
        candidate=candidate,
        sender=sender,
        purpose=purpose,
        touch=touch or f"test/{next(_number)}",
        template=template(),
        context={"first_name": candidate.first_name, "recruiter_name": sender.from_name},
        queued_at=due,
        not_before=due,
        valid_until=due + timedelta(hours=72),
        state_at=due,
    )


def text(candidate: Candidate, sender: Sender, *, body: str = "", due: datetime = NOW) -> Message:
    """A queued text, as the planner would have written it."""
    made = message(candidate, sender, due=due)
    made.channel = Channel.SMS
    made.template = text_template(body) if body else text_template()
    made.save(update_fields=["channel", "template"])
    return made


def sent(
    candidate: Candidate,
    sender: Sender,
    *,
    links: int = 3,
    at: datetime = NOW,
    address: str = "",
) -> Message:
    """A message with so many links that the mail server accepted at a moment."""
    body = "\n\n".join(f"[piece {n}](https://example.com/{n})" for n in range(links))
    made = message(candidate, sender, due=at)
    Message.objects.filter(pk=made.pk).update(
        state=Message.State.SENDING,
        not_before=None,
        handed_at=at,
        address=address,
        template=template(
            "Salaries for {{ first_name }}", f"Hello {{{{ first_name }}}},\n\n{body}"
        ),
    )
    Message.objects.filter(pk=made.pk).update(state=Message.State.SENT, state_at=at)
    made.refresh_from_db()
    return made


def attempts(
    sender: Sender,
    *moments: datetime,
    outcome: Attempt.Outcome = Attempt.Outcome.ACCEPTED,
) -> None:
    """Attempts of a sender that ended at these moments, all at one message."""
    made = message(candidate(), sender)
    Attempt.objects.bulk_create(
        Attempt(
            message=made,
            candidate_id=made.candidate_id,
            sender_id=sender.pk,
            worker="test",
            claimed_at=at,
            lease_until=at,
            finished_at=at,
            message_id_header=f"<{n}@{sender.domain}>",
            outcome=outcome,
        )
        for n, at in enumerate(moments)
    )


def follow_up(
    candidate: Candidate,
    *,
    reason: FollowUp.Reason = FollowUp.Reason.REPLIED,
    value: int = 50,
    due: datetime = NOW + timedelta(hours=3),
    text: str = "Replied: Interested",
) -> FollowUp:
    """An open entry in the queue of the candidate's recruiter, due today."""
    return FollowUp.objects.create(
        candidate=candidate,
        owner=candidate.owner,
        reason=reason,
        value=value,
        evidence=[{"at": NOW.isoformat(), "text": text, "signal": None}],
        asked_at=NOW,
        due_at=due,
    )


def signal(
    candidate: Candidate,
    kind: Signal.Kind = Signal.Kind.CLICKED,
    *,
    at: datetime = NOW,
    topic: str = "Salaries",
    message: Message | None = None,
) -> Signal:
    """Something the candidate did, with the warmth it brings."""
    draft = SignalDraft(
        candidate_id=candidate.pk,
        kind=kind,
        grade=Signal.Grade.CERTAIN,
        at=at,
        key=f"test:{next(_number)}",
        message_id=message.pk if message else None,
        topic=topic,
    )
    return record.record([draft], now=at)[0]


def role(*required: Tag, nice: tuple[Tag, ...] = (), **fields: Any) -> sourcing.Role:
    """An open role that asks for these skills."""
    usual = {
        "title": "Platform engineer",
        "company": "Secret Client AG",
        "state": sourcing.Role.State.OPEN,
        "state_at": NOW,
        "created_at": NOW,
        "changed_at": NOW,
    }
    made = sourcing.Role.objects.create(**usual | fields)
    for one in required:
        made.skills.create(tag=one)
    for one in nice:
        made.skills.create(tag=one, is_required=False)
    return made


def campaign(
    role: sourcing.Role,
    *,
    threshold: int = 2,
    strong_from: int = 3,
    wave_size: int = 25,
    at: datetime = NOW,
) -> None:
    """A campaign about a role whose first wave is due."""
    assert alerts.start(
        role.pk,
        threshold=threshold,
        strong_from=strong_from,
        wave_size=wave_size,
        by_id=None,
        now=at,
    )


def requirement(tag: Tag, tier: Tier = Tier.MUST) -> Requirement:
    """That a skill is asked for."""
    key = key_for(Aspect.SKILL, tag.name)
    return Requirement(key, Aspect.SKILL, tier, tag.name, tag_id=tag.pk)


def profile(
    *required: Tag,
    role: sourcing.Role | None = None,
    owner: User | None = None,
    is_approved: bool = True,
    **fields: Any,
) -> ProfileVersion:
    """The first version of a profile that asks for these skills: in force, or a draft."""
    owner = owner or user()
    spec = Spec(**{"title": "Platform engineer"} | fields)
    spec = replace(spec, requirements=(*map(requirement, required), *spec.requirements))
    role_id = role.pk if role else None
    made = profiles.create(spec.title, spec, role_id=role_id, by_id=owner.pk, now=NOW)
    if is_approved:
        profiles.approve(made.pk, seen=None, by_id=owner.pk, now=NOW)
    return made.versions.get()


def shortlist(
    version: ProfileVersion, *people: Candidate, left: tuple[Candidate, ...] = ()
) -> Shortlist:
    """A draft on which these people are, the best first, and others who are not."""
    made = Shortlist.objects.create(
        version=version,
        role_id=version.profile.role_id,
        number=next(_number),
        made_by=version.made_by,
        made_at=NOW,
        engine="test",
        risk=0.2,
        considered=len(people) + len(left),
        abstained="" if people else "Nobody fits well enough.",
    )
    for place, ones in (("listed", people), ("left", left)):
        for rank, one in enumerate(ones, start=1):
            told = _told(version, one, place)
            ShortlistEntry.objects.create(
                shortlist=made,
                candidate=one,
                place=place,
                rank=rank,
                confidence=0.9,
                score=1.0,
                told=frozen.told(told),
                reach={"warmth": 0, "may_write": True, "why": ""},
            )
    return made


def _told(version: ProfileVersion, one: Candidate, place: str) -> Listed | Left:
    quotes = (Quote("built it in Go", NOW.date(), "note"),)
    shown = tuple(
        Evidence(each.key, each.name, each.tier, Standing.MET, 0.9, f"Knows {each.name}.", quotes)
        for each in profiles.spec_of(version).requirements
    )
    judged = Judged(str(one.pk), 1.0, 0.9, {"musts": 1.0}, shown, questions=("When?",))
    if place == "left":
        return Left(judged, "place", "Does not want to work there.")
    reasons = tuple(Reason(each.key, each.sentence, quotes) for each in shown[:3])
    return Listed(judged, reasons, (), ())

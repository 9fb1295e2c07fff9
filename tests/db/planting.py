"""Plants words that can be found again in every row about a candidate, whatever the tables are."""

from collections.abc import Iterator
from itertools import count
from typing import Any, cast

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.files.base import ContentFile
from django.db import connection, models
from django.db.models import Model

from tests import make
from tests.make import NOW
from warmbench.accounts import api_keys
from warmbench.core import sql
from warmbench.integrations.models import AtsConnection, Subscription
from warmbench.messaging.models import Message
from warmbench.nurture.models import Forecast, Step
from warmbench.people import hashes, holdings, imports
from warmbench.people.imports import Options
from warmbench.people.models import (
    Candidate,
    CandidateRecord,
    OffLimits,
    TruthSource,
    UnmatchedSkill,
)
from warmbench.shortlists.models import ProfileVersion, RoleProfile, Shortlist
from warmbench.signals.models import FollowUp
from warmbench.sourcing.models import Alert

#: Fields that a word does not fit into, or that would make the row another one.
_LEFT_OUT = {"country", "language", "digest", "time_zone"}
_LONG_ENOUGH = 16


class Planted:
    """A candidate with a word of her own in every column of every row about her."""

    def __init__(self, first: int = 1, phone: str = "+4915112345678") -> None:
        self._numbers = count(first)
        self._parents: dict[Any, Model] = {}
        self.words: list[str] = []
        make.organisation()
        self.alice = make.user()
        self.box = make.sender(self.alice)
        self.who = Candidate.objects.create(
            **self.texts(Candidate), owner=self.alice, status_since=NOW, added_at=NOW,
            changed_at=NOW, country="DE",
        )  # fmt: skip
        self.email = f"{self.word()}@example.com"
        self.phone = phone
        self.words += [self.phone, self.phone.removeprefix("+49")]
        for address, channel in ((self.email, "email"), (self.phone, "sms")):
            self.row("people.ContactPoint", address=address, channel=channel)
        self.message = make.message(self.who, self.box, touch=self.word())
        Message.objects.filter(pk=self.message.pk).update(
            context={"first_name": self.word()}, address=self.email, reason=self.word()
        )
        truth = TruthSource.objects.create(name=self.word())
        self.connection = AtsConnection.objects.create(
            vendor="lever", truth=truth, hook_key=self.words.pop(), made_at=NOW
        )
        there = {"people.Candidate", "people.ContactPoint", "messaging.Message"}
        special = dict(self._special())
        for one in holdings.everything():
            fields = special.get(one.label, {})
            if one.label not in there and fields is not None:
                self.row(one.label, **fields)

    def word(self) -> str:
        self.words.append(f"planted-{next(self._numbers):03}x")
        return self.words[-1]

    def texts(self, model: type[Model]) -> dict[str, Any]:
        """A word for each column that takes one."""
        found: dict[str, Any] = {}
        for one in model._meta.concrete_fields:
            if one.choices or one.primary_key or one.name in _LEFT_OUT or one.is_relation:
                continue
            if (one.max_length or _LONG_ENOUGH) < _LONG_ENOUGH:
                continue
            if isinstance(one, models.CharField | models.TextField):
                found[one.name] = self.word()
            elif isinstance(one, models.JSONField):
                found[one.name] = {"said": self.word()}
            elif isinstance(one, models.BinaryField):
                found[one.name] = self.word().encode()
            elif isinstance(one, ArrayField) and isinstance(one.base_field, models.CharField):
                found[one.name] = [self.word()]
        return found

    def row(self, label: str, **fields: Any) -> Model:
        """A row of a table about her, with words in it."""
        model = apps.get_model(label)
        values = self.texts(model)
        for one in model._meta.concrete_fields:
            if one.name in fields or one.attname in fields:
                continue
            if one.related_model is Candidate or one.attname == "candidate_id":
                values[one.attname] = self.who.pk
            elif one.related_model is AtsConnection:
                values[one.attname] = self.connection.pk
            elif one.attname == "candidate_ids":
                values[one.attname] = [self.who.pk]
            elif isinstance(one, models.DateTimeField) and not one.null:
                values[one.name] = NOW
            elif isinstance(one, models.DateField) and not one.null:
                values[one.name] = NOW.date()
            elif one.is_relation and not one.null:
                values[one.attname] = self._parent(one.related_model).pk
        made: Model = model._default_manager.create(**values | fields)
        return made

    def _parent(self, model: Any) -> Model:
        """A row of a table that is about nobody, for rows about her to point at."""
        if isinstance(self.alice, model):
            return cast("Model", self.alice)
        if model in self._parents:
            return self._parents[model]
        planted = len(self.words)
        values = self.texts(model)
        del self.words[planted:]
        for one in model._meta.concrete_fields:
            if isinstance(one, models.DateTimeField) and not one.null:
                values[one.name] = NOW
            elif one.is_relation and not one.null:
                values[one.attname] = self._parent(one.related_model).pk
        made: Model = model._default_manager.create(**values)
        self._parents[model] = made
        return made

    def _special(self) -> Iterator[tuple[str, dict[str, Any] | None]]:
        """What a row needs besides words; None where it is there already or made elsewhere."""
        yield "people.CandidateFacet", None
        yield "people.CandidateWords", None
        yield "people.Consent", {"channel": "email", "basis": "consent"}
        yield "people.Suppression", {"reason": "manual", "address": self.email}
        yield "people.Notice", {"kind": "told", "message_id": 1}
        yield "people.CandidateFact", {"kind": "skills", "message_id": 1}
        yield "people.CandidateTag", {"tag": make.tag(f"Tag {next(self._numbers)}")}
        skill = UnmatchedSkill(text=self.word(), key=self.words[-1], first_seen_at=NOW)
        skill.save(force_insert=True)
        yield "people.CandidateUnmatchedSkill", {"skill": skill}
        tag = make.tag(f"Tag {next(self._numbers)}")
        yield (
            "people.BulkTagging",
            {"tag": tag, "added": True, "candidate_ids": [self.who.pk]},
        )
        yield "accounts.Notification", {"user": self.alice, "kind": "reply"}
        yield "accounts.WebhookCall", {"webhook": make.webhook(), "kind": "reply"}
        yield "people.RightsRequest", {"kind": "access"}
        yield "messaging.PersonalDraft", {"by": make.user()}
        yield "people.ReservationRequest", {"by": make.user(), "of": self.alice}
        off = OffLimits.objects.create(employer="Contoso", key="contoso", since=NOW, at=NOW)
        yield "people.OffLimitsException", {"of": off}
        yield "people.ImportRejection", None
        yield "core.AuditEntry", {"subject": f"candidate:{self.who.pk}", "action": "tried"}
        of_message = {"message": self.message}
        yield "messaging.Attempt", of_message | {"sender_id": self.box.pk}
        yield "messaging.Return", of_message | {"kind": "bounced"}
        yield "messaging.Withdrawal", of_message
        yield "messaging.InboundMail", of_message | {"digest": f"{next(self._numbers):064}"}
        yield "messaging.Decision", {"verdict": "allow", "stage": "claim", "policy": 1}
        yield "messaging.BounceScore", {"address": self.email, "score": 1}
        yield "messaging.ProviderEvent", {"recipient": self.email, "kind": "bounced"}
        yield "signals.Hit", {"message_id": self.message.pk, "link": 0}
        yield "signals.Signal", {"kind": "clicked", "grade": "certain"}
        yield "signals.Warmth", {"points": 1, "rank": 1, "policy": 1}
        yield "signals.FollowUp", {"reason": FollowUp.Reason.REPLIED, "value": 1}
        yield from self._special_of_texts()
        yield "nurture.PoolMember", {"pool": make.pool("status = passive")}
        version = make.sequence()
        yield "nurture.Enrollment", {"version": version, "sequence": version.sequence}
        yield "nurture.ContentUse", {"piece": make.piece()}
        step = make.sequence(Step.Kind.CHECK_IN).steps.get()
        yield "nurture.Personalisation", {"step": step, "occurrence": 0}
        seen = Forecast.objects.create(scope="everything", since=NOW, days=30, asked_at=NOW)
        yield "nurture.ForecastTouch", {"forecast": seen, "occurrence": 0, "channel": "email"}
        told: dict[str, Any] = {
            "level": "strong",
            "wave": 1,
            "matched": [],
            "score": 1,
            "policy": 1,
            "threshold": 3,
            "state": "withdrawn",
        }
        yield "sourcing.Alert", told | {"role": make.role(), "message": self.message}
        of_another = Alert.objects.create(
            **told, role=make.role(), candidate=self.who, made_at=NOW, state_at=NOW
        )
        yield "sourcing.Escalation", {"alert": of_another, "kind": "call", "state": "done"}
        yield from self._special_of_lists()
        yield "integrations.CaughtMail", {"rcpt_to": self.email}
        yield from self._special_of_systems()

    def _special_of_texts(self) -> Iterator[tuple[str, dict[str, Any] | None]]:
        """The same, of what conversations say."""
        text = self.row("insight.Source", kind="note", basis="conversation", state="read")
        of_text = {"source": text}
        yield "insight.Source", None
        yield "insight.SourcePerson", of_text | {"position": 0, "spans": [0, 5]}
        fact = {"kind": "pay", "polarity": "wants", "speaker": "candidate", "confidence": 0.9}
        yield "insight.Insight", of_text | fact | {"start": 0, "end": 5}
        yield "integrations.ModelReading", {"source_id": text.pk, "state": "done"}

    def _special_of_lists(self) -> Iterator[tuple[str, dict[str, Any] | None]]:
        """The same, of shortlists and of what changed about her."""
        profile = RoleProfile.objects.create(name="Lead", made_at=NOW)
        version = ProfileVersion.objects.create(profile=profile, number=1, spec={}, made_at=NOW)
        made = Shortlist.objects.create(
            version=version, number=1, made_at=NOW, engine="1", risk=0.2, considered=1
        )
        judged: dict[str, Any] = {"score": 1, "confidence": 0.9}
        entry = self.row(
            "shortlists.ShortlistEntry", shortlist=made, place="listed", rank=1, **judged
        )
        yield "shortlists.ShortlistEntry", None
        yield "shortlists.Answer", {"entry": entry, "verdict": "star"}
        yield "shortlists.Outcome", {"entry": entry, "kind": "hire"}
        yield "shortlists.Look", {"entry": entry}
        change = self.row("shortlists.Change", kind="employer", materiality=1)
        yield "shortlists.Change", None
        yield "shortlists.PendingNotice", {"message_id": next(self._numbers)}
        yield "shortlists.UseNotice", {"law": f"L{next(self._numbers)}"}
        moved = {"before": 0.1, "after": 0.9, "weight": 1}
        yield "shortlists.ChangeNotice", {"change": change, "profile": profile} | moved
        yield (
            "shortlists.Aptness",
            {"profile": profile, "version": version, "is_apt": True} | judged,
        )
        told = {"place": "listed", "features": {}, "engine": "1", "decided_by": "user:1"}
        yield "shortlists.RankingRecord", {"version": version} | told | judged

    def _special_of_systems(self) -> Iterator[tuple[str, dict[str, Any] | None]]:
        """The same, of what other programs told us or were told."""
        names = ("first_name", "last_name", "source", "external_id")
        yield (
            "people.CandidateMerge",
            {
                "gone_id": 10**9 + next(self._numbers),
                "fields": {"gone": {name: self.word() for name in names}},
            },
        )
        other = make.candidate()
        yield (
            "people.DuplicatePair",
            {"low_id": self.who.pk, "high_id": other.pk, "grounds": ["name"], "strength": 1},
        )
        number = next(self._numbers)
        key, _ = api_keys.make(f"Key {number}", "read", by_id=None, now=NOW)
        yield "accounts.ApiAnswer", {"api_key": key}
        record = CandidateRecord.objects.create(
            source=self.connection.truth.name,
            external_id=self.word(),
            candidate=self.who,
            seen_at=NOW,
        )
        yield "people.Conflict", {"record": record}
        yield (
            "integrations.AtsRejection",
            {"kind": "candidates", "external_id": record.external_id, "reason": "No name."},
        )
        yield "integrations.AtsEvent", {"told": {"person_ids": [record.external_id]}}
        body = f'{{"email": "{self.email}"}}'.encode()
        yield "integrations.SchedulingEvent", {"body": body}
        yield "integrations.ProfileUpload", {"content": body}
        told = Subscription.objects.create(
            name=f"Program {number}", url="https://example.com", host="example.com", secret="x",
            kinds=[], free_at=NOW, created_at=NOW,
        )  # fmt: skip
        yield "integrations.Delivery", {"subscription": told, "kind": "candidate.erased"}
        yield (
            "integrations.AtsWrite",
            {"record": record, "kind": "activity", "next_at": NOW},
        )


def row_of(planted: Planted) -> str:
    """A line of a file about her, and one about somebody else."""
    who = planted.who
    return (
        "first_name,last_name,email,phone,employer\n"
        f"{who.first_name},{who.last_name},{planted.email},{planted.phone},{who.employer}\n"
        "Ben,Okafor,ben@example.com,,Contoso\n"
    )


def uploaded(content: str, *, source: str = "Old ATS") -> int:
    """A file that waits to be loaded. Returns the id of its import."""
    of = imports.upload(ContentFile(content.encode()), "p.csv", source, by_id=None, now=NOW)
    imports.save_mapping(of.pk, of.mapping, Options(), now=NOW)
    return of.pk


def listed(planted: Planted) -> bool:
    """Whether her address is on the list of those who are left alone."""
    found = hashes.reason_against(planted.email, "email")
    return found is not None and found.reason == hashes.Reason.ERASED


def everything_stored() -> str:
    """All rows of all tables, as a dump has them."""
    tables = sql.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    found = []
    with connection.cursor() as cursor:
        for (table,) in tables:
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copied:
                found += [bytes(part).decode(errors="replace") for part in copied]
    return "".join(found)


def found_in(stored: str, words: list[str]) -> list[str]:
    """Those of the words that stand somewhere, as text or as bytes."""
    return [word for word in words if word in stored or word.encode().hex() in stored]

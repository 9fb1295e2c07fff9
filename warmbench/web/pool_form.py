"""The form in which a person says who belongs to a pool, and what the rule in it means."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery

from warmbench.accounts.models import Role, User
from warmbench.nurture import pools, rules
from warmbench.nurture.models import Pool, Sequence, SequenceVersion
from warmbench.nurture.pools import Terms
from warmbench.nurture.rule_errors import RuleError
from warmbench.nurture.rule_parts import Rule
from warmbench.nurture.rules import MAX_LENGTH

_EDITOR = {
    "rows": 3,
    "class": "code",
    "spellcheck": "false",
    "autocapitalize": "off",
    "autocomplete": "off",
}

#: What a fact is asked for with, by its name.
EXAMPLES = {
    "status": "status in (passive, open)",
    "outcome": "outcome = silver medallist",
    "country": "country in (DE, Austria)",
    "owner": "owner = alice@example.com",
    "stage reached": "stage reached at least interviewed",
    "source": 'source = "Old ATS"',
    "employer": "no employer",
    "city": "city in (Berlin, Hamburg)",
    "region": "region = Bavaria",
    "time zone": 'time zone = "Europe/Berlin"',
    "tag": "has tag",
    "category": "category = Technology",
    "specialty": 'specialty = "Cloud & DevOps"',
    "role family": "role family = Backend",
    "role": 'role = "Java developer"',
    "skill": "skill all of (Kubernetes, Terraform)",
    "seniority": "seniority in (Manager, Director)",
    "geography": "geography = Germany",
    "last conversation": "months since last conversation >= 6",
    "last message": "weeks since last message > 4",
    "last click": "days since last click <= 30",
    "last reply": "months since last reply >= 3",
    "added": "days since added <= 30",
    "status change": "months since status change >= 3",
    "email": "has email",
    "phone": "has phone",
    "silver medallist": "silver medallist",
    "suppressed": "not suppressed",
    "high interest": "high interest",
    "open follow-up": "not open follow-up",
    "consent": "consent for email",
}

#: Rules that a new pool may begin with.
STARTERS = (
    ("Silver medallists", "silver medallist and status in (passive, open)"),
    (
        "Interviewed, not placed",
        "stage reached at least interviewed and status in (passive, open)",
    ),
    ("Opted in", "consent for email and status in (passive, open)"),
    ("Cold for half a year", "months since last conversation >= 6 and status = passive"),
)


@dataclass(frozen=True)
class Mistake:
    """Where a rule goes wrong: the text before, at and after the mistake."""

    message: str
    line: int
    column: int
    before: str
    at: str
    after: str


@dataclass(frozen=True)
class Reading:
    """What a rule was understood to say, or where it goes wrong. Blank rules say nothing."""

    rule: Rule | None = None
    sentence: str = ""
    mistake: Mistake | None = None


def read(text: str) -> Reading:
    """What the text says as a rule."""
    if not text.strip():
        return Reading()
    try:
        rule = pools.check(text)
    except RuleError as error:
        return Reading(mistake=_pointed(text, error))
    return Reading(rule, rules.describe(rule))


def _pointed(text: str, error: RuleError) -> Mistake:
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: error.line - 1]) + error.column - 1
    # What is pointed at may be spelt with other spaces, or in other letters, in the text.
    pointed = text[start : start + len(error.text)]
    end = start + len(pointed)
    return Mistake(
        error.message, error.line, error.column, text[:start], pointed or "␣", text[end:]
    )


class SequencesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Which sequences a pool leads to, each with what it does."""

    def label_from_instance(self, obj: Model) -> str:
        """The sequence's name, what it says of itself, and whether it runs."""
        assert isinstance(obj, Sequence)
        said = f"{obj.name}: {obj.description}" if obj.description else obj.name
        if obj.state == Sequence.State.ACTIVE:
            return said
        return f"{said} ({obj.get_state_display()})"


class PoolForm(forms.Form):
    """A pool: who enters, who leaves, and what they hear."""

    name = forms.CharField(max_length=100)
    purpose = forms.CharField(
        label="What it is for", max_length=300, required=False, widget=forms.TextInput
    )
    entry_rule = forms.CharField(
        label="Who belongs to it",
        max_length=MAX_LENGTH,
        widget=forms.Textarea(attrs=_EDITOR),
        error_messages={"required": "Say who belongs to it, for example: status = passive"},
    )
    exit_rule = forms.CharField(
        label="Who leaves although the above still holds",
        max_length=MAX_LENGTH,
        required=False,
        widget=forms.Textarea(attrs=_EDITOR | {"rows": 2}),
    )
    sequences = SequencesField(
        queryset=Sequence.objects.none(),
        required=False,
        label="Sequences",
        widget=forms.CheckboxSelectMultiple,
        help_text="Members begin each of them. None: the pool is only a list of people.",
    )
    on_leave = forms.ChoiceField(
        label="Whoever leaves the pool",
        choices=[(choice.value, choice.label) for choice in Pool.OnLeave],
        initial=Pool.OnLeave.LEAVE,
        widget=forms.RadioSelect,
    )
    reentry_days = forms.IntegerField(
        label="May begin anew after so many days",
        min_value=0,
        max_value=3650,
        required=False,
        help_text="Blank: never. Nobody gets the same piece twice.",
    )
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, empty_label="The whole team"
    )

    def __init__(self, *args: Any, user: User, pool: Pool | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pool = pool
        recruiters = User.objects.filter(role__in=[Role.RECRUITER, Role.ADMIN], is_active=True)
        present = User.objects.filter(pk=(pool.owner_id or 0) if pool else 0)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        # Who gives a pool away cannot change it any more, so only an administrator does that.
        possible = recruiters if user.is_admin else recruiters.filter(pk=user.pk)
        owner.queryset = (possible | present).order_by("name")
        sequences = self.fields["sequences"]
        assert isinstance(sequences, forms.ModelMultipleChoiceField)
        sequences.queryset = _offered(pool)

    @staticmethod
    def initial_of(pool: Pool) -> dict[str, Any]:
        """What the form shows of a pool."""
        names = ("name", "purpose", "entry_rule", "exit_rule", "on_leave", "reentry_days")
        shown = {name: getattr(pool, name) for name in names}
        return shown | {"sequences": list(pool.sequences.all()), "owner": pool.owner_id}

    def clean_name(self) -> str:
        """A name that no other pool has."""
        name = str(self.cleaned_data["name"])
        same = Pool.objects.filter(name__iexact=name)
        if (same.exclude(pk=self.pool.pk) if self.pool else same).exists():
            raise forms.ValidationError(pools.NAME_TAKEN)
        return name

    def clean_entry_rule(self) -> str:
        """A rule that can be understood."""
        return _understood(self.cleaned_data["entry_rule"])

    def clean_exit_rule(self) -> str:
        """A rule that can be understood, or none."""
        return _understood(self.cleaned_data["exit_rule"])

    def terms(self) -> Terms:
        """What was said."""
        said = dict(self.cleaned_data)
        sequences, owner = said.pop("sequences"), said.pop("owner")
        return Terms(
            **said,
            sequence_ids=tuple(sorted(one.pk for one in sequences)),
            owner_id=owner.pk if owner else None,
        )


def _offered(pool: Pool | None) -> QuerySet[Sequence]:
    """What a pool may lead to: what pools begin, and what it leads to already."""
    newest = SequenceVersion.objects.filter(sequence=OuterRef("pk")).order_by("-number")
    found = Sequence.objects.annotate(trigger=Subquery(newest.values("trigger")[:1]))
    begun_by_pools = Q(trigger=None) | Q(trigger=SequenceVersion.Trigger.POOL)
    led_to = pool.sequences.values("pk") if pool else Sequence.objects.none()
    offered = begun_by_pools & ~Q(state=Sequence.State.ARCHIVED) | Q(pk__in=led_to)
    return found.filter(offered).order_by("name")


def _understood(rule: str) -> str:
    # Browsers send the line ends of the last century; columns are counted without them.
    text = rule.replace("\r\n", "\n").strip()
    if mistake := read(text).mistake:
        where = f"Line {mistake.line}, column {mistake.column}"
        raise forms.ValidationError(f"{where}: {mistake.message}")
    return text

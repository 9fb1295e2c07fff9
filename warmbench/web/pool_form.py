"""The form in which a person says who belongs to a pool, and what the rule in it means."""

from dataclasses import dataclass
from typing import Any

from django import forms

from warmbench.accounts.models import Role, User
from warmbench.nurture import pools, rules
from warmbench.nurture.models import Pool, Sequence
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
    "added": "days since added <= 30",
    "status change": "months since status change >= 3",
    "email": "has email",
    "phone": "has phone",
    "silver medallist": "silver medallist",
    "suppressed": "not suppressed",
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
    sequence = forms.ModelChoiceField(
        queryset=Sequence.objects.exclude(state=Sequence.State.ARCHIVED).order_by("name"),
        required=False,
        empty_label="None: only a list of people",
        help_text="What members hear from us, step by step.",
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

    @staticmethod
    def initial_of(pool: Pool) -> dict[str, Any]:
        """What the form shows of a pool."""
        names = ("name", "purpose", "entry_rule", "exit_rule", "on_leave", "reentry_days")
        shown = {name: getattr(pool, name) for name in names}
        return shown | {"sequence": pool.sequence_id, "owner": pool.owner_id}

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
        sequence, owner = said.pop("sequence"), said.pop("owner")
        return Terms(
            **said,
            sequence_id=sequence.pk if sequence else None,
            owner_id=owner.pk if owner else None,
        )


def _understood(rule: str) -> str:
    # Browsers send the line ends of the last century; columns are counted without them.
    text = rule.replace("\r\n", "\n").strip()
    if mistake := read(text).mistake:
        where = f"Line {mistake.line}, column {mistake.column}"
        raise forms.ValidationError(f"{where}: {mistake.message}")
    return text

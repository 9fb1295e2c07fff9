"""The trail of who did what stays as it was written."""

from datetime import UTC, datetime

import pytest
from django.db import Error, connection, transaction

from warmbench.core import audit
from warmbench.core.models import AuditEntry

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_an_entry_says_who_what_and_when(db: None) -> None:
    audit.record(7, "candidate.stopped", "candidate:12", now=NOW, detail={"reason": "asked"})

    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.action, entry.subject, entry.at) == (
        7,
        "candidate.stopped",
        "candidate:12",
        NOW,
    )
    assert entry.detail == {"reason": "asked"}
    assert str(entry) == "candidate.stopped candidate:12"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_id = 8",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE id = 0",
        "INSERT INTO audit_entry TABLE audit_entry ON CONFLICT (id) DO UPDATE SET at = now()",
    ],
)
def test_an_entry_cannot_be_changed_or_removed(db: None, statement: str) -> None:
    audit.record(7, "candidate.stopped", "candidate:12", now=NOW)

    with (
        pytest.raises(Error, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert AuditEntry.objects.get().actor_id == 7


def test_the_trail_keeps_no_personal_data(db: None) -> None:
    audit.record(
        None,
        "import.finished",
        "import:1",
        now=NOW,
        detail={
            "file": "ana.bell@example.com called +49 170 1234567",
            "rows": [1, 2],
            "ratio": 0.5,
            "at": NOW,
            "empty": None,
            "long": "x" * 500,
        },
    )
    detail = AuditEntry.objects.get().detail
    assert detail["file"] == "[email] called [phone]"
    assert detail["rows"] == [1, 2]
    assert detail["at"] == "2026-03-02T09:00:00+00:00"
    assert len(detail["long"]) == audit.MAX_VALUE_LENGTH


def test_a_row_does_not_belong_in_the_trail(db: None) -> None:
    with pytest.raises(TypeError, match="AuditEntry"):
        audit.record(7, "x", "y:1", now=NOW, detail={"row": AuditEntry()})

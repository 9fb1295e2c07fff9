"""What people declare of themselves for audits comes nowhere near what ranks them, or to a team."""

import ast
from pathlib import Path

CHECKOUT = Path(__file__).parents[3]
PACKAGE = CHECKOUT / "warmbench"
#: Who may know of declarations: the table, the module that keeps them, the page on which they are
#: made, and the one that counts them. Nobody else: not ranking, not the API, no page of the team.
MAY_KNOW = {
    "shortlists/models/__init__.py",
    "shortlists/models/records.py",
    "shortlists/held.py",
    "shortlists/declaring.py",
    "shortlists/fairness.py",
    "shortlists/sql/considered_by_group.sql",
    "web/public_declaring.py",
}
#: Who may show the counts: the pages of auditors.
MAY_COUNT = {"shortlists/fairness.py", "web/fairness.py"}


def sources() -> list[Path]:
    found = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.sql"), *PACKAGE.rglob("*.html")]
    return [one for one in found if "migrations" not in one.parts]


def name(module: Path) -> str:
    return str(module.relative_to(PACKAGE))


def test_no_other_code_names_the_table() -> None:
    words = ("audit_declaration", "Declaration", "declaration_set", "shortlists.declaring")
    naming = {name(one) for one in sources() if any(word in one.read_text() for word in words)}
    assert naming <= MAY_KNOW, naming - MAY_KNOW


def test_nothing_else_imports_what_keeps_or_counts_them() -> None:
    importing = {
        name(one)
        for one in sources()
        if one.suffix == ".py" and {"declaring", "fairness"} & _imported_from_shortlists(one)
    }
    assert importing <= MAY_KNOW | MAY_COUNT, importing - MAY_KNOW - MAY_COUNT


def test_what_people_are_ranked_by_has_no_room_for_it() -> None:
    """No field of what ranking sees, nor of what is kept of it, is about who somebody is."""
    for module in ("dossier.py", "features.py", "verdict.py", "requirements.py"):
        tree = ast.parse((PACKAGE / "shortlists" / module).read_text())
        fields = {
            node.target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        }
        never = {
            *("first_name", "last_name", "full_name", "photo", "picture", "birth_date", "born"),
            *("age", "sex", "gender", "ethnicity", "origin", "nationality", "religion"),
            *("postcode", "zip", "address", "email", "phone", "pronouns"),
        }
        assert not fields & never, module


def _imported_from_shortlists(module: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "warmbench.shortlists":
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            before, _, last = node.module.rpartition(".")
            found |= {last} if before == "warmbench.shortlists" else set()
        elif isinstance(node, ast.Import):
            found |= {
                one.name.rpartition(".")[2]
                for one in node.names
                if one.name.startswith("warmbench.shortlists.")
            }
    return found

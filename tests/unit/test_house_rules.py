"""Rules of this codebase that no linter knows. Each one says what to do instead."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PACKAGE = CHECKOUT / "warmbench"
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts)
TESTS = sorted((CHECKOUT / "tests").rglob("*.py"))

#: Entry points: who is called by a person, a browser or the clock itself.
ENTRY_FILES = {"jobs.py"}
ENTRY_FOLDERS = {"workflows", "web", "cli", "sample"}
CLOCKS = ("timezone.now", "datetime.now", "datetime.utcnow", "date.today", "clock.now", "time.time")


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text())


def calls(module: Path, name: str) -> list[ast.Call]:
    return [
        call
        for called, call in all_calls(module)
        if called == name.lstrip(".") or called.endswith(f".{name.lstrip('.')}")
    ]


@cache
def all_calls(module: Path) -> list[tuple[str, ast.Call]]:
    """Each call with what is called: written out once, as ten rules look for some."""
    return [
        (ast.unparse(node.func), node)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call)
    ]


def names(call: ast.Call) -> set[str]:
    return {keyword.arg for keyword in call.keywords if keyword.arg}


def imported(module: Path) -> set[str]:
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def functions(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def where(module: Path) -> str:
    return str(module.relative_to(CHECKOUT))


@pytest.mark.parametrize("module", MODULES, ids=where)
class TestEveryModule:
    def test_says_what_it_is_for(self, module: Path) -> None:
        """Open the module with one sentence; it is also its line in docs/architecture.md."""
        assert ast.get_docstring(tree(module)) or not module.read_text().strip()

    def test_says_what_its_callers_get(self, module: Path) -> None:
        """A public function has a docstring; a reaction is named for what it does, in full."""
        silent = [
            node.name
            for node in tree(module).body
            if isinstance(node, ast.FunctionDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]
        assert module.parent.name == "workflows" or not silent

    def test_is_named_for_a_thing(self, module: Path) -> None:
        """Name the noun or the verb: nobody knows what a helper helps with."""
        assert not {"services", "utils", "helpers", "common", "misc"} & set(
            module.relative_to(PACKAGE).with_suffix("").parts
        )

    def test_says_which_fields_it_saves(self, module: Path) -> None:
        """A bare save() writes back stale columns. Pass update_fields, or use update()."""
        assert all(
            {"update_fields", "force_insert"} & names(call)
            for call in calls(module, ".save")
            # A function of ours is told what to save.
            if not call.args
        )

    def test_says_how_strongly_it_locks(self, module: Path) -> None:
        """FOR UPDATE blocks inserts that reference the row. Pass no_key=True unless deleting."""
        assert all("no_key" in names(call) for call in calls(module, "select_for_update"))

    def test_takes_the_time_from_its_caller(self, module: Path) -> None:
        """Only entry points look at the clock; everything else takes ``now``."""
        entry_point = (
            module.name in ENTRY_FILES
            or ENTRY_FOLDERS & set(module.relative_to(PACKAGE).parts)
            or module == PACKAGE / "core" / "clock.py"
        )
        assert entry_point or not [name for name in CLOCKS if calls(module, name)]

    def test_reads_no_environment(self, module: Path) -> None:
        """settings.py reads it, through core.environment; others ask django.conf.settings."""
        allowed = {"core/environment.py", "wsgi.py", "cli/start.py"}
        reads = re.search(r"\bos\.(environ|getenv)\b", module.read_text())
        assert str(module.relative_to(PACKAGE)) in allowed or not reads

    def test_lets_bugs_be_seen(self, module: Path) -> None:
        """Catch what you can handle. Only core, where jobs and loops run, catches everything."""
        broad = [
            handler
            for handler in ast.walk(tree(module))
            if isinstance(handler, ast.ExceptHandler)
            and (
                handler.type is None or ast.unparse(handler.type) in {"Exception", "BaseException"}
            )
            # Cleaning up and raising again hides nothing.
            and ast.unparse(handler.body[-1]) != "raise"
        ]
        assert module.is_relative_to(PACKAGE / "core") or not broad

    def test_reacts_in_workflows_only(self, module: Path) -> None:
        """Django's signals are invisible, and set-based SQL skips them. Publish an event."""
        assert not [
            name for name in imported(module) if name.startswith("django.db.models.signals")
        ]

    def test_leaves_save_alone(self, module: Path) -> None:
        """update() and bulk writes never call it: put what must happen where it is written."""
        assert not [
            node.name
            for owner in ast.walk(tree(module))
            if isinstance(owner, ast.ClassDef)
            and any(ast.unparse(base).endswith("Model") for base in owner.bases)
            for node in owner.body
            if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}
        ]

    def test_queues_jobs_from_job_modules_only(self, module: Path) -> None:
        """Tasks are declared in jobs.py; facts are published through core.events."""
        place = module.relative_to(PACKAGE)
        queue = [name for name in imported(module) if name.split(".")[0] == "procrastinate"]
        allowed = place.parts[0] in {"core", "cli"} or place.name == "jobs.py"
        assert allowed or not queue

    def test_fetches_rows_through_access(self, module: Path) -> None:
        """web/access.py decides who sees which row; a view never fetches one by itself."""
        place = module.relative_to(PACKAGE)
        view = place.parts[0] == "web" and place.name != "access.py"
        assert not view or not calls(module, "objects.get")

    def test_fits_in_the_head(self, module: Path) -> None:
        """Split what is longer than 400 lines, and functions longer than 50."""
        assert module.read_text().count("\n") <= 400
        long = [f.name for f in functions(module) if (f.end_lineno or 0) - f.lineno >= 50]
        assert not long


@pytest.mark.parametrize("module", TESTS, ids=where)
def test_nothing_of_ours_is_patched(module: Path) -> None:
    """Fakes ship with the product. Pass one in, or put one into the settings."""
    assert not [name for name in imported(module) if name.startswith("unittest.mock")]


def test_migrations_are_named_for_what_they_do() -> None:
    """Rename the file: 0002_auto_… says nothing when it fails at a customer's."""
    assert not [where(p) for p in PACKAGE.glob("*/migrations/*_auto_*.py")]


def test_no_page_loads_from_elsewhere() -> None:
    """Assets come from installed packages or are ours: a page works without the internet."""
    elsewhere = re.compile(r"""(src|href)=["']https?://[^"']+\.(js|css|woff2?|png|svg)["']""")
    pages = [*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.css")]
    assert not [where(page) for page in pages if elsewhere.search(page.read_text())]

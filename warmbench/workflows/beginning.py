"""Somebody begins."""

from warmbench.accounts.first_run import InstallationCreated
from warmbench.core import clock
from warmbench.core.events import on
from warmbench.nurture import shipped, snippets
from warmbench.people import tag_tree


@on(InstallationCreated)
def give_a_new_team_its_tag_tree_and_its_sequences(_: InstallationCreated) -> None:
    tag_tree.load_default(now=clock.now())
    shipped.give_sequences(now=clock.now())
    snippets.load(snippets.SHIPPED, now=clock.now())

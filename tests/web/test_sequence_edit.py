"""The editor of sequences: steps are added, moved and written; drafts are reviewed and let go."""

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import Notification, Role, StaffMail, User
from warmbench.core import limits
from warmbench.nurture import drafts, outline, versions
from warmbench.nurture.models import Enrollment, PoolMember, Sequence, SequenceDraft, Step
from warmbench.nurture.outline import Cadence, Outline, StepOutline
from warmbench.people.models import Candidate, Tag

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def client(alice: User, browse: Callable[[User], Client]) -> Client:
    return browse(alice)


@pytest.fixture
def bob(browse: Callable[[User], Client]) -> Client:
    return browse(make.user("Bob Ray"))


@pytest.fixture
def arc(alice: User) -> Sequence:
    """A draft of three steps, ready to be let go."""
    return drafted(
        StepOutline("welcome", subject="Hello", body="Hello {{ first_name }},\n\nwelcome."),
        StepOutline("trends", kind="content", wait_days=30, content_kind="trends"),
        StepOutline("call", kind="follow_up", wait_days=60, task="call", words="Call them."),
        by=alice,
    )


def drafted(*steps: StepOutline, by: User | None = None, **fields: object) -> Sequence:
    like = outline.from_json(outline.to_json(Outline("arc", "The arc", steps=steps)) | fields)
    return drafts.create("The arc", by_id=by.pk if by else None, now=make.NOW, like=like)


def draft_of(sequence: Sequence) -> Outline:
    return outline.from_json(SequenceDraft.objects.get(pk=sequence.pk).outline)


def keys(sequence: Sequence) -> list[str]:
    return [step.key for step in draft_of(sequence).steps]


def shown(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def edit(sequence: Sequence) -> str:
    return f"/sequences/{sequence.pk}/edit/"


def let_go_form(client: Client, sequence: Sequence) -> dict[str, str]:
    """What the button that lets a draft go sends."""
    page = shown(client, f"/sequences/{sequence.pk}/activate/")
    found = re.search(r'name="revision" value="(\d+)"', page)
    return {"revision": found[1]} if found else {}


def as_of(client: Client, sequence: Sequence, key: str) -> str:
    """What the step's open form says that it was filled from."""
    page = shown(client, f"{edit(sequence)}?step={key}")
    found = re.search(rf'name="as_of" value="(\w+)" id="as-of-{key}"', page)
    assert found
    return found[1]


def write(client: Client, sequence: Sequence, which: str, *, since: str = "", **said: str) -> str:
    """Save a step's form as htmx does it."""
    data = {"key": which} | said | {"as_of": since or as_of(client, sequence, which)}
    answer = client.post(f"{edit(sequence)}step/?key={which}", data, headers=HTMX)
    assert answer.status_code == 200
    return answer.content.decode()


class TestArranging:
    def test_a_step_is_added_between_two_others_and_opens(
        self, client: Client, arc: Sequence
    ) -> None:
        answer = client.post(f"{edit(arc)}steps/", {"add": "check_in:1"}, headers=HTMX)
        assert keys(arc) == ["welcome", "check_in", "trends", "call"]
        page = answer.content.decode()
        assert "is step 2 now" in page
        assert 'name="body"' in page

    def test_a_step_is_moved_by_its_buttons_and_by_dropping_it(
        self, client: Client, arc: Sequence
    ) -> None:
        client.post(f"{edit(arc)}steps/", {"down": "welcome"}, headers=HTMX)
        assert keys(arc) == ["trends", "welcome", "call"]
        client.post(f"{edit(arc)}steps/", {"up": "call"}, headers=HTMX)
        assert keys(arc) == ["trends", "call", "welcome"]
        answer = client.post(f"{edit(arc)}steps/", {"drop": "welcome:0"}, headers=HTMX)
        assert keys(arc) == ["welcome", "trends", "call"]
        assert "“Welcome” is step 1 of 3 now." in answer.content.decode()

    def test_the_ends_of_the_plan_hold(self, client: Client, arc: Sequence) -> None:
        client.post(f"{edit(arc)}steps/", {"up": "welcome"}, headers=HTMX)
        client.post(f"{edit(arc)}steps/", {"down": "call"}, headers=HTMX)
        client.post(f"{edit(arc)}steps/", {"drop": "nonsense:x"}, headers=HTMX)
        client.post(f"{edit(arc)}steps/", {"add": "nonsense:1"}, headers=HTMX)
        assert keys(arc) == ["welcome", "trends", "call"]

    def test_a_step_is_copied_and_taken_out(self, client: Client, arc: Sequence) -> None:
        client.post(f"{edit(arc)}steps/", {"copy": "welcome"}, headers=HTMX)
        assert len(keys(arc)) == 4
        assert keys(arc)[0] == "welcome"
        client.post(f"{edit(arc)}steps/", {"delete": "trends"}, headers=HTMX)
        assert "trends" not in keys(arc)

    def test_taking_a_step_out_says_who_stands_there(
        self, client: Client, arc: Sequence, alice: User
    ) -> None:
        version = versions.apply(draft_of(arc), by_id=alice.pk, now=make.NOW).version
        make.enrollment(make.candidate(), version)
        assert "1 person has it next" in shown(client, edit(arc))

    def test_without_scripts_the_same_buttons_lead_back_to_the_editor(
        self, client: Client, arc: Sequence
    ) -> None:
        answer = client.post(f"{edit(arc)}steps/", {"down": "welcome", "open": "call"}, follow=True)
        assert keys(arc) == ["trends", "welcome", "call"]
        page = answer.content.decode()
        assert "“Welcome” is step 2 of 3 now." in page
        assert 'name="words"' in page

    def test_the_last_change_is_taken_back_unless_there_was_another_since(
        self, client: Client, arc: Sequence
    ) -> None:
        answer = client.post(f"{edit(arc)}steps/", {"delete": "trends"}, headers=HTMX)
        undo = json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]
        client.post(undo, headers=HTMX)
        assert keys(arc) == ["welcome", "trends", "call"]
        again = client.post(undo, follow=True)
        assert "It was changed since" in again.content.decode()
        assert keys(arc) == ["welcome", "trends", "call"]

    def test_looking_begins_no_draft_and_the_first_change_does(
        self, client: Client, alice: User
    ) -> None:
        version = make.sequence(Step.Kind.MESSAGE, Step.Kind.CONTENT)
        page = shown(client, edit(version.sequence))
        assert "With the first change a draft begins" in page
        assert not SequenceDraft.objects.exists()
        client.post(f"{edit(version.sequence)}steps/", {"up": "step-1"}, headers=HTMX)
        assert keys(version.sequence) == ["step-1", "step-0"]


class TestWriting:
    def test_words_are_kept_as_they_are_typed(self, client: Client, arc: Sequence) -> None:
        page = write(client, arc, "welcome", channel="email", subject="Hi", body="One\r\n\r\nTwo  ")
        step = draft_of(arc).step("welcome")
        assert (step.subject, step.body) == ("Hi", "One\n\nTwo  ")
        assert "Draft saved" in page
        assert "Nothing to put right" in page

    def test_what_is_wrong_is_kept_and_said_at_its_place_and_in_the_summary(
        self, client: Client, arc: Sequence
    ) -> None:
        page = write(client, arc, "welcome", channel="email", subject="Hi", body="{{ nonsense }}")
        assert draft_of(arc).step("welcome").body == "{{ nonsense }}"
        assert "1 thing to put right" in page
        problem = re.search(r'id="problem-welcome-body"[^>]*>([^<]+)<', page)
        assert problem
        assert "nonsense" in problem[1]
        assert "?step=welcome#card-welcome" in page

    def test_a_wait_is_changed_in_its_place_and_moves_what_comes_after(
        self, client: Client, arc: Sequence
    ) -> None:
        answer = client.post(f"{edit(arc)}wait/?key=trends", {"wait_days": "45"}, headers=HTMX)
        assert draft_of(arc).step("trends").wait_days == 45
        assert "Day 105" in answer.content.decode()
        client.post(f"{edit(arc)}wait/?key=trends", {"wait_days": "soon"}, headers=HTMX)
        assert draft_of(arc).step("trends").wait_days == 45

    def test_another_channel_brings_its_own_fields(self, client: Client, arc: Sequence) -> None:
        page = write(client, arc, "welcome", channel="sms", subject="Hi", body="Hello")
        assert 'name="subject"' not in page
        assert "about 1 part" in page

    def test_a_rule_is_read_back_with_how_many_it_holds_for(
        self, client: Client, arc: Sequence
    ) -> None:
        make.candidate()
        client.post(f"{edit(arc)}steps/", {"add": "branch:2"}, headers=HTMX)
        page = write(client, arc, "branch", condition="status = passive", otherwise="")
        assert "People whose status is passive." in page
        count = re.search(r'hx-get="(/sequences/rule/[^"]+)"', page)
        assert count
        assert '<b class="num">1</b> person now' in shown(client, html.unescape(count[1]))
        assert not client.get("/sequences/rule/?rule=nonsense").content
        page = write(client, arc, "branch", condition="status = pasive", otherwise="")
        assert "<mark>pasive</mark>" in page

    def test_a_branch_offers_only_later_steps(self, client: Client, arc: Sequence) -> None:
        client.post(f"{edit(arc)}steps/", {"add": "branch:1"}, headers=HTMX)
        page = shown(client, f"{edit(arc)}?step=branch")
        ways = re.search(r'<select name="otherwise".*?</select>', page, re.DOTALL)
        assert ways
        assert 'value="call"' in ways[0]
        assert 'value="welcome"' not in ways[0]

    def test_a_new_step_gets_a_name_and_keeps_it_once_it_is_out(
        self, client: Client, arc: Sequence, alice: User
    ) -> None:
        write(client, arc, "welcome", key="First words", channel="email", subject="", body="")
        assert keys(arc)[0] == "first_words"
        versions.apply(
            outline.changed(draft_of(arc), "first_words", subject="A", body="B"),
            by_id=alice.pk,
            now=make.NOW,
        )
        assert 'name="key"' not in shown(client, f"{edit(arc)}?step=first_words")

    def test_a_step_that_is_gone_is_said_to_be(self, client: Client, arc: Sequence) -> None:
        answer = client.post(f"{edit(arc)}step/?key=gone", {"subject": "x"}, follow=True)
        assert "took that step out meanwhile" in answer.content.decode()


class TestTwoAuthors:
    def test_two_steps_are_written_at_the_same_time(
        self, client: Client, bob: Client, arc: Sequence
    ) -> None:
        mine, theirs = as_of(client, arc, "welcome"), as_of(bob, arc, "call")
        write(client, arc, "welcome", since=mine, channel="email", subject="Mine", body="x")
        write(bob, arc, "call", since=theirs, task="call", words="Theirs")
        assert draft_of(arc).step("welcome").subject == "Mine"
        assert draft_of(arc).step("call").words == "Theirs"

    def test_one_step_written_by_two_shows_both_and_loses_nothing(
        self, client: Client, bob: Client, arc: Sequence
    ) -> None:
        since = as_of(client, arc, "welcome")
        write(bob, arc, "welcome", since=since, channel="email", subject="Theirs", body="x")
        page = write(client, arc, "welcome", since=since, channel="email", subject="Mine", body="y")
        assert draft_of(arc).step("welcome").subject == "Theirs"
        assert "Bob Ray changed this step while you wrote." in page
        assert 'value="Mine"' in page
        assert "Theirs" in page
        again = re.search(r'name="as_of" value="(\w+)"', page)
        assert again
        write(client, arc, "welcome", since=again[1], channel="email", subject="Mine", body="y")
        assert draft_of(arc).step("welcome").subject == "Mine"

    def test_saving_the_same_twice_is_no_conflict(self, client: Client, arc: Sequence) -> None:
        since = as_of(client, arc, "welcome")
        for _ in range(2):
            page = write(
                client, arc, "welcome", since=since, channel="email", subject="Mine", body="y"
            )
            assert "while you wrote" not in page


class TestSettings:
    def settings(self, client: Client, arc: Sequence, **said: object) -> str:
        page = shown(client, edit(arc))
        found = re.search(r'name="as_of" value="(\w+)" id="settings-as-of"', page)
        assert found
        usual = {"name": "The arc", "trigger": "pool", "as_of": found[1]}
        answer = client.post(f"{edit(arc)}settings/", usual | said, headers=HTMX)
        assert answer.status_code == 200
        return answer.content.decode()

    def test_who_begins_and_leaves_and_how_fast_is_kept(
        self, client: Client, arc: Sequence
    ) -> None:
        make.tag("Director", Tag.Kind.SENIORITY)
        page = self.settings(
            client,
            arc,
            entry_rule="status = passive",
            exit_rule="status = placed",
            reentry_days="90",
            repeat_from="trends",
            cadence_rule=["seniority = Director", ""],
            cadence_pace=["300", "100"],
        )
        now = draft_of(arc)
        assert now.entry_rule == "status = passive"
        assert now.exit_rule == "status = placed"
        assert (now.reentry_days, now.repeat_from) == (90, "trends")
        assert now.cadence == (Cadence("seniority = Director", 300),)
        assert "30 days → 90 days" in page

    def test_a_wrong_rule_stands_at_its_place(self, client: Client, arc: Sequence) -> None:
        page = self.settings(client, arc, cadence_rule=["nonsense"], cadence_pace=["200"])
        assert draft_of(arc).cadence == (Cadence("nonsense", 200),)
        place = page.partition('id="understood-cadence-0"')[2]
        assert "<mark>nonsense</mark>" in place
        assert "1 thing to put right" in page

    def test_another_group_is_offered(self, client: Client, arc: Sequence) -> None:
        page = self.settings(
            client, arc, cadence_rule=["status = open"], cadence_pace=["200"], more="1"
        )
        assert page.count('name="cadence_rule"') == 2


class TestLettingGo:
    def test_somebody_else_looks_first(
        self, client: Client, bob: Client, arc: Sequence, alice: User
    ) -> None:
        there = f"/sequences/{arc.pk}/activate/"
        assert "Ask for a review" in shown(client, there)
        assert client.post(there).status_code == 422
        client.post(f"/sequences/{arc.pk}/review/")
        assert Notification.objects.exclude(user=alice).count() == 1

        assert "In review" in shown(bob, "/sequences/")
        bob.post(f"/sequences/{arc.pk}/review/give/", {"note": "Say who we are."})
        assert "Say who we are." in shown(client, there)
        assert Notification.objects.filter(user=alice, body="Say who we are.").exists()

        client.post(f"/sequences/{arc.pk}/review/")
        answer = bob.post(there, let_go_form(bob, arc), follow=True)
        assert "It runs. Nothing goes for ten minutes" in answer.content.decode()
        arc.refresh_from_db()
        assert arc.state == Sequence.State.ACTIVE

    def test_what_never_ran_has_no_versions(self, client: Client, arc: Sequence) -> None:
        assert "No version yet" in shown(client, f"/sequences/{arc.pk}/versions/")

    def test_nobody_lets_go_what_they_have_not_seen(
        self, client: Client, bob: Client, arc: Sequence
    ) -> None:
        client.post(f"/sequences/{arc.pk}/review/")
        seen = let_go_form(bob, arc)
        client.post(f"{edit(arc)}steps/", {"delete": "welcome"}, headers=HTMX)
        answer = bob.post(f"/sequences/{arc.pk}/activate/", seen)
        assert answer.status_code == 422
        assert "It was changed since you looked" in answer.content.decode()
        assert not arc.versions.exists()
        bob.post(f"/sequences/{arc.pk}/activate/", let_go_form(bob, arc))
        assert arc.versions.get().steps.count() == 2

    def test_nothing_goes_while_something_is_wrong(self, client: Client, alice: User) -> None:
        arc = drafted(StepOutline("welcome", body="{{ nonsense }}"), by=alice)
        there = f"/sequences/{arc.pk}/activate/"
        assert "Not before what is listed is put right" in shown(client, there)
        assert client.post(there).status_code == 422
        assert not arc.versions.exists()

    def test_who_begins_and_the_first_week_are_told(
        self, client: Client, alice: User, at_noon: None
    ) -> None:
        arc = drafted(
            StepOutline("hello", kind="notification", words="New here"),
            StepOutline("again", kind="notification", wait_days=3, words="Still here"),
            StepOutline("late", kind="notification", wait_days=30, words="Late"),
            by=alice,
            entry_rule="status = passive",
        )
        pool = make.pool("status = passive", arc)
        passive, open_ = make.candidate(), make.candidate(status=Candidate.Status.OPEN)
        for one in (passive, open_):
            PoolMember.objects.create(pool=pool, candidate=one, joined_at=make.NOW)
        page = shown(client, f"/sequences/{arc.pk}/activate/")
        assert "<b>1</b> person begins within minutes" in page
        assert "are not let in by its rule" in page
        assert "Friday 6 March" in page
        assert page.count("Notification</td>") == 2

    def test_it_can_be_taken_back_for_ten_minutes(
        self, client: Client, arc: Sequence, at_noon: None
    ) -> None:
        there = f"/sequences/{arc.pk}"
        client.post(f"{there}/activate/", let_go_form(client, arc))
        assert "Take it back" in shown(client, f"{there}/")
        client.post(f"{there}/undo/")
        arc.refresh_from_db()
        assert arc.state == Sequence.State.PAUSED

    def test_people_stay_or_move_as_is_chosen(
        self, client: Client, arc: Sequence, alice: User
    ) -> None:
        version = versions.publish(arc.pk, by_id=alice.pk, now=make.NOW)
        one = make.enrollment(make.candidate(), version)
        Enrollment.objects.filter(pk=one.pk).update(position=1)
        client.post(f"{edit(arc)}steps/", {"delete": "trends"}, headers=HTMX)
        page = shown(client, f"/sequences/{arc.pk}/activate/")
        assert "Step “trends” is gone" in page
        assert "If you move those who are on it" in page

        client.post(f"/sequences/{arc.pk}/activate/", let_go_form(client, arc) | {"people": "stay"})
        one.refresh_from_db()
        assert one.version.number == 1
        assert "Move 1 to the newest" in shown(client, f"/sequences/{arc.pk}/versions/")
        assert "Trends article" in shown(client, f"/sequences/{arc.pk}/versions/move/")

        client.post(f"/sequences/{arc.pk}/versions/moved/")
        one.refresh_from_db()
        assert (one.version.number, one.position) == (2, 1)


class TestFiles:
    def test_what_is_exported_is_imported_unchanged(self, client: Client, arc: Sequence) -> None:
        before = draft_of(arc)
        text = client.get(f"/sequences/{arc.pk}/file/export/").content.decode()
        client.post(f"{edit(arc)}steps/", {"delete": "call"}, headers=HTMX)
        answer = client.post(f"/sequences/{arc.pk}/file/", {"text": text}, follow=True)
        assert "1 thing changed" in answer.content.decode()
        assert draft_of(arc) == before

    def test_what_a_file_replaced_can_be_taken_back(self, client: Client, arc: Sequence) -> None:
        before = draft_of(arc)
        text = "key: a\nname: A\nsteps:\n  - {key: b, kind: notification, words: Look}\n"
        answer = client.post(f"/sequences/{arc.pk}/file/", {"text": text}, follow=True)
        found = re.search(rf"{edit(arc)}undo/\?revision=\d+", answer.content.decode())
        assert found
        client.post(found[0])
        assert draft_of(arc) == before

    def test_all_that_is_wrong_in_a_file_is_said_by_line(self, client: Client, alice: User) -> None:
        text = "key: arc\nname: Arc\nsteps:\n  - key: a\n    kind: nonsense\n    wait_days: x\n"
        answer = client.post("/sequences/new/file/", {"text": text})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Line 5" in page
        assert "Line 6" in page
        assert not Sequence.objects.exists()

    def test_a_sequence_begins_with_nothing_a_recipe_or_a_copy(
        self, client: Client, arc: Sequence
    ) -> None:
        page = shown(client, "/sequences/new/")
        assert "An empty plan" in page or "an empty plan" in page
        client.post("/sequences/new/", {"name": "Blank", "begin": "blank"})
        client.post("/sequences/new/", {"name": "Copy", "begin": f"like:{arc.pk}"})
        copy = Sequence.objects.get(name="Copy")
        assert keys(copy) == keys(arc)
        assert copy.key != arc.key
        assert keys(Sequence.objects.get(name="Blank")) == []

    def test_throwing_the_draft_away_leaves_what_was_out(
        self, client: Client, arc: Sequence, alice: User
    ) -> None:
        versions.apply(draft_of(arc), by_id=alice.pk, now=make.NOW)
        client.post(f"{edit(arc)}steps/", {"delete": "call"}, headers=HTMX)
        client.post(f"{edit(arc)}discard/")
        assert not SequenceDraft.objects.exists()
        assert "For the recruiter: call" in shown(client, f"/sequences/{arc.pk}/")

    def test_pages_name_things_as_people_do_not_as_files_do(
        self, client: Client, arc: Sequence, alice: User
    ) -> None:
        mine = drafts.create(
            "Asks",
            by_id=alice.pk,
            now=make.NOW,
            like=Outline(
                "asks",
                "Asks",
                description="Asks the recruiter.",
                steps=(
                    StepOutline("read", kind="content"),
                    StepOutline("ask", kind="follow_up", task="linkedin", words="Write to them."),
                ),
            ),
        )
        page = shown(client, edit(mine))
        assert "For the recruiter: linkedIn message" not in page
        assert "For the recruiter: LinkedIn message" in page
        assert "Choose a kind of piece." in page
        # What it is for stands in the list, though no version of it has been out.
        assert "Asks the recruiter." in shown(client, "/sequences/")

    def test_without_a_draft_nothing_is_said_to_wait_for_activation(
        self, client: Client, arc: Sequence, alice: User
    ) -> None:
        versions.apply(draft_of(arc), by_id=alice.pk, now=make.NOW)
        SequenceDraft.objects.all().delete()
        page = shown(client, edit(arc))
        assert "This is what is out." in page
        assert "It can be activated" not in page


class TestReadiness:
    def test_what_is_missing_is_told_by_step_with_who(self, client: Client, alice: User) -> None:
        make.sender(alice)
        arc = drafted(
            StepOutline("hello", subject="At {{ employer }}", body="Hello {{ first_name }}."),
            StepOutline("trends", kind="content", content_kind="trends"),
            by=alice,
        )
        pool = make.pool("status = passive", arc)
        ana = make.candidate(owner=alice)
        PoolMember.objects.create(pool=pool, candidate=ana, joined_at=make.NOW)
        there = f"/sequences/{arc.pk}/ready/"
        page = shown(client, there)
        assert "present employer is not known" in page
        assert "No piece fits" in page
        assert ana.last_name in shown(client, f"{there}people/?step=hello&what=employer")
        assert ana.last_name not in shown(client, f"{there}people/?step=hello&what=first_name")


class TestTrials:
    @pytest.fixture
    def reader(self, arc: Sequence, alice: User) -> Candidate:
        make.sender(alice)
        return make.candidate(owner=alice)

    def test_a_link_says_what_it_would_do(
        self, client: Client, arc: Sequence, reader: Candidate
    ) -> None:
        write(client, arc, "welcome", subject="Hi", body="[read](https://example.com/read)")
        there = f"/sequences/{arc.pk}/preview/link/?step=welcome&candidate={reader.pk}"
        assert "https://example.com/read" in shown(client, f"{there}&link=0")
        assert "was changed since" in shown(client, f"{there}&link=7")
        assert "stop hearing from us" in shown(client, f"{there}&ours=unsubscribe")

    def test_nobody_mails_themselves_without_end(
        self, client: Client, arc: Sequence, reader: Candidate, alice: User, at_noon: None
    ) -> None:
        hour = timedelta(hours=1)
        for _ in range(20):
            limits.allows(f"test-mail:{alice.pk}", most=20, span=hour, now=make.NOW)
        data = {"step": "welcome", "candidate": str(reader.pk)}
        answer = client.post(f"/sequences/{arc.pk}/preview/test/", data, follow=True)
        assert "Try again later." in answer.content.decode()
        assert not StaffMail.objects.exists()

    def test_another_day_is_asked_about_in_the_morning_there(
        self, client: Client, arc: Sequence, reader: Candidate, at_noon: None
    ) -> None:
        there = f"/sequences/{arc.pk}/preview/?step=welcome&candidate={reader.pk}"
        assert "Nothing stands in the way then." in shown(client, there)
        page = shown(client, f"{there}&on=2026-03-07")
        assert "on 7 March 2026" in page
        assert "outside working hours, or a holiday" in page
        assert "as it would be now" in shown(client, f"{there}&on=2020-01-01")

    def test_steps_that_reach_nobody_say_what_they_do(
        self, client: Client, arc: Sequence, reader: Candidate
    ) -> None:
        there = f"/sequences/{arc.pk}/preview/?candidate={reader.pk}&step="
        assert "Their recruiter is asked" in shown(client, f"{there}call")
        client.post(f"{edit(arc)}steps/", {"add": "branch:1"}, headers=HTMX)
        write(client, arc, "branch", condition="status = passive", otherwise="call")
        assert "It holds for them" in shown(client, f"{there}branch")
        write(client, arc, "branch", condition="status = open", otherwise="call")
        assert "They go on with “For the recruiter: call”" in shown(client, f"{there}branch")


class TestOtherStates:
    def test_the_pace_is_set(self, client: Client, arc: Sequence) -> None:
        client.post(f"/sequences/{arc.pk}/pace/", {"pace": "200"})
        arc.refresh_from_db()
        assert arc.pace == 200
        assert client.post(f"/sequences/{arc.pk}/pace/", {"pace": "9"}).status_code == 422

    def test_archiving_asks_for_those_who_are_on_it(self, client: Client, alice: User) -> None:
        version = make.sequence(Step.Kind.MESSAGE)
        one = make.enrollment(make.candidate(), version)
        there = f"/sequences/{version.sequence_id}/archive/"
        assert client.post(there).status_code == 422
        client.post(there, {"take_off": "1"})
        one.refresh_from_db()
        assert one.ended_at
        shown(client, "/sequences/")  # It begins with what was done.
        assert version.sequence.name not in shown(client, "/sequences/")
        assert version.sequence.name in shown(client, "/sequences/?archived=1")
        assert client.get(edit(version.sequence)).status_code == 404

    def test_a_viewer_neither_edits_nor_activates(
        self, arc: Sequence, browse: Callable[[User], Client]
    ) -> None:
        viewer = browse(make.user("Vera View", Role.VIEWER))
        assert "Edit" not in shown(viewer, f"/sequences/{arc.pk}/")
        assert viewer.get(edit(arc)).status_code == 403
        assert viewer.post(f"/sequences/{arc.pk}/activate/").status_code == 403

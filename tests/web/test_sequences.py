"""The pages about sequences: the plan over the months, who waits, and what one person gets."""

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import Role, User
from warmbench.messaging.models import Message, Switch
from warmbench.nurture.models import Enrollment, Sequence, SequenceVersion, Step
from warmbench.people.models import Tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return signed_in(make.user("Chen Wu"))


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def version() -> SequenceVersion:
    return make.sequence(Step.Kind.MESSAGE, Step.Kind.CONTENT, Step.Kind.CHECK_IN, repeat_from=1)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def waits(version: SequenceVersion, reason: str, state: str = "active") -> Enrollment:
    """Somebody who waits for something before the first step."""
    made = make.enrollment(make.candidate(), version)
    Enrollment.objects.filter(pk=made.pk).update(waiting_for=reason, state=state)
    return made


def test_the_steps_stand_at_their_months(client: Client, version: SequenceVersion) -> None:
    make.enrollment(make.candidate(), version)
    page = shown(client, f"/sequences/{version.sequence_id}/")
    assert "At once" in page
    assert "Month 1" in page
    assert "Month 2" in page
    assert "Hello [first name]" in page
    assert "Again from “Trends article” on" in page
    assert "1</b> person has this next" in page


def test_who_waits_is_grouped_by_what_for(client: Client, version: SequenceVersion) -> None:
    one, other = waits(version, "missing: city"), waits(version, "budget")
    base = f"/sequences/{version.sequence_id}"

    page = shown(client, f"{base}/")
    assert "their city, which the message needs" in page

    people = shown(client, f"{base}/people/?waiting=missing%3A%20city")
    assert one.candidate.last_name in people
    assert other.candidate.last_name not in people


def test_people_are_listed_by_step_and_by_being_held(
    client: Client, version: SequenceVersion
) -> None:
    held, active = waits(version, "paused", "held"), make.enrollment(make.candidate(), version)
    base = f"/sequences/{version.sequence_id}/people/"

    assert held.candidate.last_name in shown(client, f"{base}?held=1")
    assert active.candidate.last_name not in shown(client, f"{base}?held=1")
    first, second, _ = version.steps.order_by("position")
    assert active.candidate.last_name in shown(client, f"{base}?step={first.key}")
    assert "Nobody here" in shown(client, f"{base}?step={second.key}")
    assert active.candidate.last_name in shown(client, f"{base}?step=nonsense")


def test_a_sequence_is_paused_and_runs_again(client: Client, version: SequenceVersion) -> None:
    base = f"/sequences/{version.sequence_id}"
    client.post(f"{base}/pause/")
    assert Sequence.objects.get().state == Sequence.State.PAUSED
    assert "Resume" in shown(client, f"{base}/")
    client.post(f"{base}/resume/")
    assert Sequence.objects.get().state == Sequence.State.ACTIVE


def test_a_stop_is_shown_at_the_sequence(client: Client, version: SequenceVersion) -> None:
    Switch.objects.create(scope="sequence", key=version.sequence_id, engaged_at=make.NOW)
    assert "A stop holds this sequence" in shown(client, f"/sequences/{version.sequence_id}/")


def test_an_older_version_can_be_read(client: Client, version: SequenceVersion) -> None:
    version.sequence.versions.create(number=2, created_at=make.NOW)
    base = f"/sequences/{version.sequence_id}/"
    assert "Nothing is out yet" in shown(client, base)
    assert "Trends article" in shown(client, f"{base}?version=1")


def test_a_viewer_reads_and_does_not_pause(version: SequenceVersion) -> None:
    viewer = signed_in(make.user("Vera View", Role.VIEWER))
    assert "Pause" not in shown(viewer, f"/sequences/{version.sequence_id}/")
    assert viewer.post(f"/sequences/{version.sequence_id}/pause/").status_code == 403


class TestPreview:
    def test_a_person_sees_what_was_chosen_for_her(
        self, client: Client, alice: User, version: SequenceVersion
    ) -> None:
        make.sender(alice)
        devops = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
        make.piece(title="For everybody")
        make.piece(devops, title="For DevOps")
        ana = make.candidate(devops, owner=alice)
        content = version.steps.get(kind=Step.Kind.CONTENT)
        path = f"/sequences/{version.sequence_id}/preview/"
        query = f"?step={content.key}&candidate={ana.pk}"

        page = shown(client, path + query)
        assert "For DevOps" in page
        assert "For everybody" not in page

        mail = client.get(f"{path}mail/{query}")
        assert "Hello Ana" in mail.content.decode()
        # Light and dark are what she asks for, not what her own browser prefers.
        dark = client.get(f"{path}mail/{query}&as=dark").content.decode()
        assert "@media not all" in mail.content.decode()
        assert 'content="light"' in mail.content.decode()
        assert "@media all" in dark
        assert 'content="dark"' in dark
        assert mail.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert mail.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "Hello Ana" in shown(client, f"{path}{query}&as=text")

    def test_looking_sends_nothing_and_signs_nothing(
        self, client: Client, alice: User, version: SequenceVersion
    ) -> None:
        make.sender(alice)
        ana = make.candidate(owner=alice)
        path = f"/sequences/{version.sequence_id}/preview/"
        query = f"?candidate={ana.pk}"

        shown(client, path + query)
        mail = shown(client, f"{path}mail/{query}")

        assert not Message.objects.exists()
        [way_out] = {part for part in mail.split('"') if "/u/" in part}
        client.post(f"/u/{way_out.rpartition('/')[2]}")
        assert not ana.suppressions.exists()

    def test_what_is_missing_is_named_and_filled_with_samples(
        self, client: Client, alice: User
    ) -> None:
        make.sender(alice)
        version = make.sequence(Step.Kind.MESSAGE)
        Step.objects.update(template=make.template(body="You are at {{ employer }}."))
        ana = make.candidate(owner=alice)
        path = f"/sequences/{version.sequence_id}/preview/?candidate={ana.pk}"

        page = shown(client, path)
        assert "This mail would wait." in page
        assert "present employer" in page
        assert "Harbour Freight Systems" in shown(client, f"{path}&as=text")

    def test_nothing_left_and_no_mailbox_are_said(
        self, client: Client, alice: User, version: SequenceVersion
    ) -> None:
        ana = make.candidate(owner=alice)
        content = version.steps.get(kind=Step.Kind.CONTENT)
        path = f"/sequences/{version.sequence_id}/preview/?step={content.key}&candidate={ana.pk}"
        assert "No mailbox writes for them" in shown(client, path)
        make.sender(alice)
        assert "Nothing left to read" in shown(client, path)
        mail = path.replace("/preview/", "/preview/mail/")
        assert client.get(mail).status_code == 404

    def test_the_last_gate_is_asked(
        self, client: Client, alice: User, version: SequenceVersion
    ) -> None:
        make.sender(alice)
        ana = make.candidate(owner=alice, consented=False)
        path = f"/sequences/{version.sequence_id}/preview/?candidate={ana.pk}"
        assert "No permission to write to them is on record." in shown(client, path)

    def test_people_are_found_by_name(
        self, client: Client, alice: User, version: SequenceVersion
    ) -> None:
        ana = make.candidate(owner=alice)
        path = f"/sequences/{version.sequence_id}/preview/"
        assert "Nobody is on this sequence yet, nor in a pool" in shown(client, path)
        answer = client.get(path, {"q": ana.last_name}, headers={"HX-Request": "true"})
        assert f"candidate={ana.pk}" in answer.content.decode()
        assert "Nobody is called so." in shown(client, f"{path}?q=Zzz")

    def test_an_empty_sequence_has_no_preview(self, client: Client, alice: User) -> None:
        empty = Sequence.objects.create(key="empty", name="Empty")
        assert "Choose a person" in shown(client, f"/sequences/{empty.pk}/preview/")

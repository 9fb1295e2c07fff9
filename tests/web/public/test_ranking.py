"""What candidates see of rankings of them, say about it, and declare for audits."""

import pytest
from django.test import Client

from tests import ranked
from tests.make import NOW
from tests.web.public.pages import LATER, assert_leaves_no_trace, page_of
from warmbench.core.tokens import Purpose
from warmbench.messaging.letters import LINKS_LAST
from warmbench.messaging.models import Message
from warmbench.people.models import Candidate, RightsRequest
from warmbench.shortlists import declaring, lawful


@pytest.fixture
def ranking(mail: Message) -> str:
    return page_of(mail, Purpose.MY_DATA, "/ranking")


@pytest.fixture
def declare(mail: Message) -> str:
    return page_of(mail, Purpose.MY_DATA, "/declare")


class TestRanking:
    def test_is_explained_with_what_spoke_for_and_against(
        self, reader: Client, ana: Candidate, ranking: str
    ) -> None:
        assert "For no shortlist that somebody else has seen." in reader.get(ranking).text
        ranked.left(ranked.shortlist(), ana)
        response = reader.get(ranking)
        assert_leaves_no_trace(response)
        assert "You came near, and were not put forward." in response.text
        assert "Ran Kubernetes for six years, said in May." in response.text
        assert "AWS is a must, and they have not used it." in response.text
        assert "120 people considered" in response.text

    def test_may_be_refused_and_allowed_again(
        self, reader: Client, ana: Candidate, ranking: str
    ) -> None:
        assert "Rank me again" in reader.post(ranking, {"say": "no"}).text
        assert lawful.who_refused([ana.pk]) == {ana.pk}
        assert "Do not rank me" in reader.post(ranking, {"say": "yes"}).text
        assert lawful.who_refused([ana.pk]) == set()

    def test_changes_nothing_when_it_is_only_looked_at(
        self, reader: Client, ana: Candidate, ranking: str
    ) -> None:
        reader.get(ranking + "?say=no")
        reader.post(ranking, {})
        assert lawful.who_refused([ana.pk]) == set()

    def test_may_be_disputed(self, reader: Client, ana: Candidate, ranking: str) -> None:
        page = reader.post(ranking, {"say": "dispute", "words": "I know AWS."}).text
        assert "A person will look at it and answer you within a month." in page
        asked = RightsRequest.objects.get()
        assert (asked.kind, asked.words) == ("dispute", "About being ranked: I know AWS.")
        assert asked.received_at == LATER

    def test_is_linked_from_their_page_in_their_language(
        self, reader: Client, mail: Message, ranking: str
    ) -> None:
        assert ranking in reader.get(page_of(mail, Purpose.MY_DATA)).text
        assert "Wie Sie vorgeschlagen werden" in reader.get(ranking + "?lang=de").text


class TestDeclaring:
    def test_is_kept_and_taken_back(self, reader: Client, ana: Candidate, declare: str) -> None:
        response = reader.post(declare, {"sex": "female", "ethnicity": "asian"})
        assert_leaves_no_trace(response)
        assert "Thank you, that is noted." in response.text
        assert declaring.declared(ana.pk) == {"sex": "female", "ethnicity": "asian"}
        assert 'value="female" id="id_sex_1" checked' in reader.get(declare).text
        reader.post(declare, {"sex": "", "ethnicity": ""})
        assert declaring.declared(ana.pk) == {}

    def test_keeps_nothing_that_is_not_asked(
        self, reader: Client, ana: Candidate, declare: str
    ) -> None:
        reader.post(declare, {"sex": "secret"})
        assert declaring.declared(ana.pk) == {}

    def test_says_what_it_is_for(self, reader: Client, declare: str) -> None:
        page = reader.get(declare).text
        assert "No recruiter and no hiring manager sees it" in page


@pytest.mark.parametrize("page", ["/ranking", "/declare"])
def test_an_old_link_opens_neither(reader: Client, mail: Message, page: str) -> None:
    over = page_of(mail, Purpose.MY_DATA, page, expires=NOW - LINKS_LAST)
    text = reader.get(over).text
    assert "Do not rank me" not in text
    assert "I prefer not to say" not in text

"""The page of a hiring manager: a frozen shortlist by a link, without an account, and the answer.

It is read and answered without scripts and without cookies. It names nobody who is not on the
list, no address, and of what people said of their terms nothing that the recruiter did not share.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from warmbench.accounts.models import Organisation
from warmbench.core import clock, languages
from warmbench.shortlists import answers, looks, profiles, sharing
from warmbench.shortlists.answers import AnswerError
from warmbench.shortlists.models import Answer, ShareLink, Shortlist, ShortlistEntry
from warmbench.shortlists.sharing import Ended, Opened, Over
from warmbench.web import shortlist_people
from warmbench.web.public_frame import may_ask, not_found, page, public, too_often
from warmbench.web.shortlist_people import Person
from warmbench.web.typed import number, typed

Place = ShortlistEntry.Place
_OVER = {
    Ended.EXPIRED: "This link has expired.",
    Ended.REVOKED: "This link was taken back.",
}
_CLOSED = "This shortlist is closed."


@public("GET", "HEAD", "POST")
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """The list that a link leads to; on POST keep what its reader says of somebody."""
    now = clock.now()
    if not may_ask(request, "shortlist", token, now=now):
        return too_often(request)
    if request.method == "POST":
        return _answer(request, token)
    match sharing.open_(token, now=now):
        case None:
            return not_found(request)
        case Over(why=why, link=link):
            return _over(_OVER[why], link)
        case Opened() as opened if opened.shortlist.state == Shortlist.State.CLOSED:
            return _over(_CLOSED, opened.link)
        case Opened() as opened:
            if request.method == "GET":
                on_it = [one.pk for one in opened.entries if one.place == Place.LISTED]
                looks.opened_all(on_it, link_id=opened.link.pk, now=now)
            return _page(opened, done=number(request.GET, "done"))


def _page(
    opened: Opened, *, done: int = 0, mistake: str = "", wrong: int = 0, status: int = 200
) -> HttpResponse:
    link, shortlist = opened.link, opened.shortlist
    people = shortlist_people.of(shortlist, opened.entries)
    spec = profiles.spec_of(shortlist.version)
    mine = {one.entry.pk: _last_by(link, one) for one in people}
    return page(
        "shortlist",
        languages.FALLBACK,
        status=status,
        organisation=Organisation.objects.first(),
        link=link,
        shortlist=shortlist,
        title=spec.title,
        role=shortlist.role,
        people_only=people,
        # Where the words stand is for us to read.
        addresses={},
        people=[(one, mine[one.entry.pk]) for one in people],
        waiting=sum(answer is None for answer in mine.values()),
        lines=shortlist_people.compared(spec, people),
        near=[one for one in shortlist_people.not_on(shortlist, opened.entries) if one.lacks],
        gone=opened.gone,
        spec=spec,
        verdicts=Answer.Verdict.choices,
        done=done,
        mistake=mistake,
        wrong=wrong,
    )


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    now = clock.now()
    link = sharing.link_of(token)
    if link is None:
        return not_found(request)
    if (why := sharing.ended(link, now=now)) is not None:
        return _over(_OVER[why], link)
    if link.shortlist.state == Shortlist.State.CLOSED:
        return _over(_CLOSED, link)
    entry_id = number(request.POST, "entry")
    if mistake := _keep(request, link, entry_id):
        entries = sharing.standing(link.shortlist_id)
        opened = Opened(link, link.shortlist, entries, sharing.gone(link.shortlist))
        return _page(opened, mistake=mistake, wrong=entry_id, status=422)
    there = f"{reverse('shared-shortlist', args=[token])}?done={entry_id}#person-{entry_id}"
    return HttpResponse(status=303, headers={"Location": there})


def _keep(request: HttpRequest, link: ShareLink, entry_id: int) -> str:
    """Keep what the reader says of somebody. Returns why it cannot be; blank if it is kept."""
    if request.POST.get("verdict") not in Answer.Verdict.values:
        return "Choose pass, interview or star."
    # Somebody else's list looks like nobody: who is on which list is not for its reader to find.
    if not link.shortlist.entries.filter(pk=entry_id).exists():
        return "This person is no longer on the list."
    try:
        answers.answer(
            entry_id,
            request.POST["verdict"],
            requirement=typed(request.POST, "requirement"),
            words=typed(request.POST, "words", longest=answers.LONGEST_WORDS),
            link_id=link.pk,
            now=clock.now(),
        )
    except AnswerError as error:
        return str(error)
    return ""


def _over(why: str, link: ShareLink) -> HttpResponse:
    return page(
        "shortlist_over",
        languages.FALLBACK,
        status=410,
        organisation=Organisation.objects.first(),
        why=why,
        is_closed=why == _CLOSED,
        by=link.made_by,
    )


def _last_by(link: ShareLink, person: Person) -> Answer | None:
    return next((one for one in person.answered if one.link_id == link.pk), None)

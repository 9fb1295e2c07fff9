"""The candidate's page about rankings: how they were put forward or not, and their say in it."""

from django.http import HttpResponse

from warmbench.core.tokens import Purpose
from warmbench.shortlists import disputing, lawful
from warmbench.web.public_frame import Visit, visited
from warmbench.web.public_requests import WordsForm, unavailable

_NO, _YES, _DISPUTE = "no", "yes", "dispute"


@visited(Purpose.MY_DATA, "GET", "HEAD", "POST")
def ranking(visit: Visit) -> HttpResponse:
    """Say how people are ranked and how this one was; on POST take a no or a yes to it, or let a
    person look again."""
    if visit.is_over or visit.known is None:
        return unavailable(visit)
    said = visit.request.POST.get("say", "") if visit.is_post else ""
    form = WordsForm(visit.request.POST if said == _DISPUTE else None, is_required=False)
    is_asked = said == _DISPUTE and form.is_valid()
    if is_asked:
        disputing.dispute(visit.candidate_id, words=form.cleaned_data["words"], now=visit.now)
    elif said == _NO:
        lawful.refuse(visit.candidate_id, now=visit.now)
    elif said == _YES:
        lawful.allow_again(visit.candidate_id, now=visit.now)
    return visit.page(
        "ranking",
        form=form,
        is_asked=is_asked,
        has_changed=said in {_NO, _YES},
        is_refused=bool(lawful.who_refused([visit.candidate_id])),
        rankings=disputing.of(visit.candidate_id),
    )

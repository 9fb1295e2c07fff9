"""The candidate's own page: everything that we hold, where it came from, and why we wrote."""

from django.http import HttpResponse

from warmbench.core.tokens import Purpose
from warmbench.web import public_holdings, public_letters
from warmbench.web.public_frame import Visit, visited
from warmbench.web.public_requests import unavailable

#: Shown until somebody asks for all of them.
_AT_FIRST = 6


@visited(Purpose.MY_DATA, "GET", "HEAD", "POST")
def my_data(visit: Visit) -> HttpResponse:
    """Show a candidate all that is held about them. A POST only asks for a new link."""
    if visit.is_over or visit.known is None:
        return unavailable(visit)
    held = public_holdings.of(visit.candidate_id, language=visit.language, now=visit.now)
    shows_all = "all" in visit.request.GET
    letters, older = public_letters.of(visit.candidate_id)
    at_first = letters if shows_all else letters[:_AT_FIRST]
    return visit.page(
        "my_data",
        held=held,
        letters=at_first,
        more=len(letters) - len(at_first) + older,
        shows_all=shows_all,
        preferences=visit.key_to(Purpose.PREFERENCE),
    )

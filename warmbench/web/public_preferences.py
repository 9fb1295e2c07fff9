"""The preferences page: how things stand with a candidate, and what would be welcome."""

from django.http import HttpResponse

from warmbench.core.tokens import Purpose
from warmbench.signals import preferences as answers
from warmbench.signals import wishes
from warmbench.web.public_frame import Visit, expired, visited
from warmbench.web.public_preferences_form import PreferencesForm


@visited(Purpose.PREFERENCE, "GET", "HEAD", "POST")
def preferences(visit: Visit) -> HttpResponse:
    """Show a candidate what we know of their wishes; note on POST what they say."""
    if visit.known is None or visit.known.has_stopped:
        return visit.page("stopped", my_data=visit.key_to(Purpose.MY_DATA))
    if visit.is_over:
        return expired(visit)
    about, known = visit.known, answers.known(visit.candidate_id)
    data = visit.request.POST if visit.is_post else None
    form = PreferencesForm(data, about=about, known=known, now=visit.now)
    is_saved = visit.is_post and form.is_valid()
    if is_saved:
        said = form.answers(language=visit.chosen)
        answers.take_down(visit.candidate_id, said, message_id=visit.message_id, now=visit.now)
        about = wishes.correspondent(visit.candidate_id, now=visit.now) or about
        known = answers.known(visit.candidate_id)
        form = PreferencesForm(None, about=about, known=known, now=visit.now)
    return visit.page(
        "preferences",
        form=form,
        field_groups=form.fields_by_group(),
        is_saved=is_saved,
        about=about,
        wanted=known,
        my_data=visit.key_to(Purpose.MY_DATA),
    )

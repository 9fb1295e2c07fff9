"""The preferences page: how things stand with a candidate, and what would be welcome."""

from django.http import HttpResponse

from warmbench.accounts.models import Organisation
from warmbench.core import networks
from warmbench.core.tokens import Purpose
from warmbench.people import consent
from warmbench.people.consent import Proof
from warmbench.people.models import Consent
from warmbench.signals import preferences as answers
from warmbench.signals import wishes
from warmbench.web.public_frame import Visit, client_address, expired, visited
from warmbench.web.public_preferences_form import PreferencesForm

#: The version of the words on the page by which opens are agreed to: another one with other words.
OPENS_WORDING = "opens-1"


@visited(Purpose.PREFERENCE, "GET", "HEAD", "POST")
def preferences(visit: Visit) -> HttpResponse:
    """Show a candidate what we know of their wishes; note on POST what they say."""
    if visit.known is None or visit.known.has_stopped:
        return visit.page("stopped", my_data=visit.key_to(Purpose.MY_DATA))
    if visit.is_over:
        return expired(visit)
    about, known = visit.known, answers.known(visit.candidate_id)
    is_about_opens = visit.is_post and "opens" in visit.request.POST
    data = visit.request.POST if visit.is_post and not is_about_opens else None
    form = PreferencesForm(data, about=about, known=known, now=visit.now)
    is_saved = form.is_bound and form.is_valid()
    if is_about_opens:
        is_saved = _say_about_opens(visit)
    elif is_saved:
        said = form.answers(language=visit.chosen)
        answers.take_down(visit.candidate_id, said, message_id=visit.message_id, now=visit.now)
        about = wishes.correspondent(visit.candidate_id, now=visit.now) or about
        known = answers.known(visit.candidate_id)
        form = PreferencesForm(None, about=about, known=known, now=visit.now)
    has_agreed = consent.may_record_opens(visit.candidate_id, now=visit.now)
    return visit.page(
        "preferences",
        form=form,
        field_groups=form.fields_by_group(),
        is_saved=is_saved,
        about=about,
        wanted=known,
        asks_about_opens=_asks_about_opens(about.organisation, has_agreed=has_agreed),
        has_agreed_to_opens=has_agreed,
        my_data=visit.key_to(Purpose.MY_DATA),
    )


def _asks_about_opens(organisation: Organisation | None, *, has_agreed: bool) -> bool:
    """Whoever agreed may withdraw it, also when we have stopped to ask."""
    return has_agreed or bool(organisation and organisation.pixel_on)


def _say_about_opens(visit: Visit) -> bool:
    """Take down what somebody says about opens. Whether there was anything to be said."""
    agrees = visit.request.POST["opens"] == "yes"
    organisation = visit.known.organisation if visit.known else None
    if agrees and not (organisation and organisation.pixel_on):
        return False
    consent.say_about_opens(
        visit.candidate_id,
        agrees=agrees,
        evidence=f"Preferences page, message {visit.message_id}",
        proof=Proof(
            source="candidate",
            how=Consent.How.FORM,
            wording=OPENS_WORDING,
            ip_prefix=networks.prefix(client_address(visit.request)),
        ),
        now=visit.now,
    )
    return True

"""Fetches the rows that pages are about, for whoever may see or change them."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from warmbench.accounts import absences, saved_views
from warmbench.accounts.models import (
    Absence,
    ApiKey,
    Notification,
    Organisation,
    SavedView,
    User,
    Webhook,
)
from warmbench.accounts.policies import may_change
from warmbench.core import clock
from warmbench.core.models import AuditEntry
from warmbench.integrations.models import CaughtMail, Subscription
from warmbench.messaging.models import InboundMail, Inbox, Message, Sender, Switch
from warmbench.nurture import enrollment
from warmbench.nurture.models import (
    ContentPiece,
    Forecast,
    MarketSnippet,
    Personalisation,
    Pool,
    Sequence,
)
from warmbench.people import handing_over
from warmbench.people.models import (
    BulkTagging,
    Candidate,
    CandidateImport,
    CandidateMerge,
    RightsRequest,
    Suppression,
    Tag,
    TagAlias,
    UnmatchedSkill,
)
from warmbench.signals.models import FollowUp, WarmthPolicy
from warmbench.sourcing.models import Role


def user_of(request: HttpRequest) -> User:
    """Who is signed in, on a page whose policy lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def user_for(pk: int) -> User:
    """The user, with the team."""
    return get_object_or_404(User.objects.select_related("team"), pk=pk)


def absence_to_change(user: User, pk: int) -> Absence:
    """The absence, for whose it is or an administrator."""
    absence = get_object_or_404(Absence.objects.select_related("user"), pk=pk)
    if absence.user_id != user.pk and not user.is_admin:
        raise PermissionDenied
    return absence


def organisation() -> Organisation:
    """Whose installation this is."""
    return get_object_or_404(Organisation)


def sender_for(pk: int) -> Sender:
    """The sender, with its owner. Everybody who is signed in may read about it."""
    return get_object_or_404(Sender.objects.select_related("owner"), pk=pk)


def sender_to_change(user: User, pk: int) -> Sender:
    """The sender, for its owner or an administrator: one of the whole team is no one's own."""
    sender = sender_for(pk)
    if not may_change_sender(user, sender):
        raise PermissionDenied
    return sender


def may_change_sender(user: User, sender: Sender) -> bool:
    """Whether ``user`` may change or pause the sender."""
    return user.is_admin or (user.is_recruiter and sender.owner_id == user.pk)


def webhook_for(pk: int) -> Webhook:
    """The webhook, without its secrets: the page is to open also when no key opens those."""
    return get_object_or_404(Webhook.objects.defer("url", "secret"), pk=pk)


def subscription_for(pk: int) -> Subscription:
    """The subscription of a program, without its secrets, as ``webhook_for``."""
    return get_object_or_404(Subscription.objects.defer("url", "secret", "old_secret"), pk=pk)


def notification_of(user: User, pk: int) -> Notification:
    """One thing that this user was told."""
    return get_object_or_404(Notification, pk=pk, user=user)


def view_for(user: User, pk: int) -> SavedView:
    """A view of the list of candidates, for who sees it."""
    return get_object_or_404(saved_views.visible_to(user), pk=pk)


def view_to_change(user: User, pk: int) -> SavedView:
    """A view of the list, for who made it; a shared one for administrators, too."""
    view = view_for(user, pk)
    if not may_change_view(user, view):
        raise PermissionDenied
    return view


def may_change_view(user: User, view: SavedView) -> bool:
    """Whether ``user`` may change or delete the view."""
    return view.owner_id == user.pk or (view.is_shared and user.is_admin)


def inbox_for(pk: int) -> Inbox:
    """The inbox, without its password: the page is to open also when no key opens that."""
    return get_object_or_404(Inbox.objects.defer("password"), pk=pk)


def switch_to_release(user: User, pk: int) -> Switch:
    """The stop, for who may release it."""
    switch = get_object_or_404(Switch, pk=pk)
    if not may_release(user, switch):
        raise PermissionDenied
    return switch


def may_release(user: User, switch: Switch) -> bool:
    """Whether ``user`` may release a stop: who engaged it, or an administrator."""
    return user.is_admin or (user.is_recruiter and switch.engaged_by_id == user.pk)


def pool_for(pk: int) -> Pool:
    """The pool, with its owner. The whole team may read about it."""
    return get_object_or_404(Pool.objects.select_related("owner"), pk=pk)


def warmth_policy_for(pk: int) -> WarmthPolicy:
    """One version of what signals are worth."""
    return get_object_or_404(WarmthPolicy.objects.exclude(weights={}), pk=pk)


def pool_to_change(user: User, pk: int) -> Pool:
    """The pool, while it is open, for its owner or an administrator, or anybody if it is no
    one's own."""
    pool = get_object_or_404(Pool.objects.filter(archived_at=None), pk=pk)
    if not may_change(user, pool.owner_id):
        raise PermissionDenied
    return pool


def role_for(pk: int) -> Role:
    """The role, with its recruiter, level and field. The whole team may read about it."""
    roles = Role.objects.select_related("owner", "specialty", "seniority", "campaign__started_by")
    return get_object_or_404(roles, pk=pk)


def api_key_for(pk: int) -> ApiKey:
    """The key of another program."""
    return get_object_or_404(ApiKey, pk=pk)


def role_to_change(user: User, pk: int) -> Role:
    """The role, for its recruiter or an administrator, or anybody if it is no one's own."""
    role = role_for(pk)
    if not may_change(user, role.owner_id):
        raise PermissionDenied
    return role


def sequence_for(pk: int) -> Sequence:
    """The sequence. The whole team may read it."""
    return get_object_or_404(Sequence, pk=pk)


def sequence_to_change(pk: int) -> Sequence:
    """The sequence, unless it is archived."""
    return get_object_or_404(Sequence.objects.exclude(state=Sequence.State.ARCHIVED), pk=pk)


def forecast_for(pk: int) -> Forecast:
    """The forecast, with what it is about."""
    forecasts = Forecast.objects.select_related("pool", "sequence", "asked_by")
    return get_object_or_404(forecasts, pk=pk)


def piece_for(pk: int) -> ContentPiece:
    """The content piece, with whom it is for. The whole team may read it."""
    pieces = ContentPiece.objects.select_related("topic", "seniority", "place", "owner")
    return get_object_or_404(pieces, pk=pk)


def import_for(pk: int) -> CandidateImport:
    """The import, with who began it. The whole team may read about it."""
    return get_object_or_404(CandidateImport.objects.select_related("by"), pk=pk)


def caught_mail_for(pk: int) -> CaughtMail:
    """The mail that the demo caught."""
    return get_object_or_404(CaughtMail, pk=pk)


def candidate_for(pk: int) -> Candidate:
    """The candidate, with her owner and warmth. The whole team may read about her."""
    people = Candidate.objects.select_related("owner", "warmth")
    return get_object_or_404(people, pk=pk)


def candidate_to_change(user: User, pk: int) -> Candidate:
    """The candidate, for who may change her."""
    candidate = candidate_for(pk)
    if not may_change_candidate(user, candidate):
        raise PermissionDenied
    return candidate


def may_change_candidate(user: User, candidate: Candidate) -> bool:
    """Whether ``user`` may change the candidate: as her owner, as anybody where she has none, as
    an administrator, with a follow-up about her in hand, or for whom the user stands in."""
    if may_change(user, candidate.owner_id):
        return True
    if not user.is_recruiter:
        return False
    whose = _for_whom(user)
    return candidate.owner_id in whose or candidate.follow_ups.filter(_in_hand(whose)).exists()


def candidates_to_change(user: User, pks: Collection[int]) -> list[int]:
    """Those of the candidates whom ``user`` may change; what belongs to others is left out."""
    people = Candidate.objects.filter(pk__in=pks)
    if not user.is_admin:
        whose = _for_whom(user)
        in_hand = FollowUp.objects.filter(_in_hand(whose), candidate__in=pks)
        people = people.filter(
            Q(owner=None) | Q(owner__in=whose) | Q(pk__in=in_hand.values("candidate"))
        )
    return list(people.order_by("pk").values_list("pk", flat=True)) if user.is_recruiter else []


def check_in_for(pk: int) -> Personalisation:
    """The check-in that its recruiter was asked about, with whose it is and of which step."""
    rows = Personalisation.objects.select_related(
        "candidate", "step__version__sequence", "decided_by"
    )
    return get_object_or_404(rows, pk=pk)


def check_in_to_change(user: User, pk: int) -> Personalisation:
    """The check-in, for who may change its candidate."""
    row = check_in_for(pk)
    if not may_change_candidate(user, row.candidate):
        raise PermissionDenied
    return row


def snippet_for(pk: int) -> MarketSnippet:
    """The market note, with what it is about and whose it is."""
    return get_object_or_404(MarketSnippet.objects.select_related("topic", "owner"), pk=pk)


def inbound_mail_for(pk: int) -> InboundMail:
    """The mail that came in, with whose it is. The whole team may read it."""
    mails = InboundMail.objects.select_related("candidate", "message__template", "looked_at_by")
    return get_object_or_404(mails, pk=pk)


def stop_of(candidate: Candidate, pk: int) -> Suppression:
    """A stop that was put on this candidate."""
    return get_object_or_404(Suppression, pk=pk, candidate=candidate)


def rights_request_of(candidate: Candidate, pk: int) -> RightsRequest:
    """What this candidate asked about their data."""
    return get_object_or_404(RightsRequest, pk=pk, candidate=candidate)


def candidates_of(pks: Collection[int]) -> list[Candidate]:
    """These candidates, by name. The whole team may read about them."""
    return list(Candidate.objects.filter(pk__in=pks).order_by("last_name", "first_name", "pk"))


def bulk_tagging_to_undo(user: User, pk: int) -> BulkTagging:
    """A bulk change of tags, for who made it or an administrator."""
    bulk = get_object_or_404(BulkTagging, pk=pk)
    if not user.is_admin and bulk.by_id != user.pk:
        raise PermissionDenied
    return bulk


def hand_over_to_undo(user: User, pk: int) -> AuditEntry:
    """The hand-over of several people, for who made it or an administrator."""
    given = get_object_or_404(AuditEntry, pk=pk, action=handing_over.GIVEN)
    if not user.is_admin and given.actor_id != user.pk:
        raise PermissionDenied
    return given


def bulk_change_to_undo(user: User, pk: int, actions: Collection[str]) -> AuditEntry:
    """A change of several people by one of these actions, for who made it or an administrator."""
    entry = get_object_or_404(AuditEntry, pk=pk, action__in=actions)
    if not user.is_admin and entry.actor_id != user.pk:
        raise PermissionDenied
    return entry


def merge_to_undo(user: User, pk: int) -> CandidateMerge:
    """A merge of two records, for who may change the one that was kept."""
    merge = get_object_or_404(CandidateMerge.objects.select_related("kept"), pk=pk)
    if not may_change_candidate(user, merge.kept):
        raise PermissionDenied
    return merge


def enrollment_to_undo(user: User, pk: int) -> AuditEntry:
    """That several people began a sequence, for who let them or an administrator."""
    begun = get_object_or_404(AuditEntry, pk=pk, action=enrollment.BEGUN)
    if not user.is_admin and begun.actor_id != user.pk:
        raise PermissionDenied
    return begun


def alias_for(pk: int) -> TagAlias:
    """The spelling, with its tag."""
    return get_object_or_404(TagAlias.objects.select_related("tag"), pk=pk)


def unmatched_skill_for(pk: int) -> UnmatchedSkill:
    """The skill that no tag knew."""
    return get_object_or_404(UnmatchedSkill, pk=pk)


def tag_for(pk: int) -> Tag:
    """The tag."""
    return get_object_or_404(Tag, pk=pk)


def specialty_for(pk: int) -> Tag:
    """The specialty."""
    return get_object_or_404(Tag, pk=pk, kind=Tag.Kind.SPECIALTY, retired_at=None)


def message_for(pk: int) -> Message:
    """The message, with its candidate, sender and wording. The whole team may read it."""
    messages = Message.objects.select_related("candidate", "sender", "template")
    return get_object_or_404(messages, pk=pk)


def message_to_change(user: User, pk: int) -> Message:
    """The message, for who may change its candidate."""
    message = message_for(pk)
    if not may_change_candidate(user, message.candidate):
        raise PermissionDenied
    return message


def follow_up_to_change(user: User, pk: int) -> FollowUp:
    """The entry of a queue, for whose it is or who stands in; what is no one's is everybody's."""
    entry = follow_up_for(pk)
    if not may_change(user, entry.owner_id) and entry.owner_id not in _for_whom(user):
        raise PermissionDenied
    return entry


def follow_up_for(pk: int) -> FollowUp:
    """The entry of somebody's queue. The whole team may read it."""
    return get_object_or_404(FollowUp.objects.select_related("candidate", "owner"), pk=pk)


def follow_ups_to_change(user: User, pks: Collection[int]) -> list[FollowUp]:
    """Those of the entries that ``user`` may change; what is others' is left out."""
    entries = FollowUp.objects.filter(pk__in=pks).select_related("candidate", "owner")
    if not user.is_admin:
        entries = entries.filter(Q(owner=None) | Q(owner__in=_for_whom(user)))
    return list(entries.order_by("pk"))


def _for_whom(user: User) -> list[int]:
    """The user, and those for whom they stand in at this moment."""
    return [user.pk, *absences.covered_by(user, now=clock.now())]


def _in_hand(whose: Collection[int]) -> Q:
    return Q(owner__in=whose, state=FollowUp.State.OPEN)

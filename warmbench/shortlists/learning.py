"""Proposes other weights for a profile from answers and outcomes; a person adopts them, or not.

Nothing here changes what shortlists are made by, except ``adopt``.
"""

from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.shortlists import answered, lessons, likelihood, profiles, replay
from warmbench.shortlists.answered import Counted
from warmbench.shortlists.lessons import Learnt
from warmbench.shortlists.likelihood import Model
from warmbench.shortlists.models import ProfileVersion, RoleProfile, WeightProposal
from warmbench.shortlists.profiles import ProfileError
from warmbench.shortlists.requirements import Spec

State = WeightProposal.State

#: What somebody dismissed comes again only after so many newer answers.
AGAIN = 6


class LearningError(ValueError):
    """This proposal cannot be decided so. The message is for the person who tried."""


def learnt_of(profile_id: int) -> Learnt:
    """What answers say of a profile at this moment, whether it is proposed or not."""
    version = profiles.current(profile_id)
    if version is None:
        return Learnt(why_not="Nobody has approved this profile yet.")
    return _learnt(version)[0]


def so_far(profile_id: int) -> str:
    """Why nothing is proposed at present, in a sentence, without learning anew: whatever there is
    to propose was proposed when the last answer came."""
    version = profiles.current(profile_id)
    if version is None:
        return "Nobody has approved this profile yet."
    lists, _ = answered.lists_of(profile_id, after=_counted(_adopted(profile_id)))
    if too_few := lessons.too_few(lists):
        return too_few
    if _is_dismissed(profile_id, version):
        return f"A proposal was dismissed. The next one takes {AGAIN} more answers."
    return lessons.AGREE


def model_of(profile_id: int) -> Model:
    """The model that ranks people for a profile: the usual one, and what a person adopted of its
    own past lists."""
    adopted = _adopted(profile_id)
    usual = likelihood.usual()
    own = tuple(adopted.changes["misfits"]) if adopted else ()
    if adopted is None or not own:
        return usual
    return replace(usual, version=f"{usual.version}+p{adopted.pk}", own_misfits=own)


def open_proposal(profile_id: int) -> WeightProposal | None:
    """What waits for a person, for the version that is in force; None if nothing does."""
    waiting = WeightProposal.objects.filter(profile=profile_id, state=State.OPEN)
    return waiting.filter(version__is_current=True).select_related("version", "profile").first()


def decided(profile_id: int) -> list[WeightProposal]:
    """What a person adopted or dismissed, the newest first."""
    rows = WeightProposal.objects.filter(profile=profile_id, state__in=_DECIDED)
    return list(rows.select_related("decided_by").order_by("-decided_at", "-pk"))


@transaction.atomic
def propose(profile_id: int, *, now: datetime) -> WeightProposal | None:
    """The proposal that answers and outcomes up to now make, where they make one.

    Safe to repeat: without newer answers it is the one that is there. Another one takes its place;
    what was dismissed comes again only with more answers. Nothing about a retired profile.
    """
    profile = RoleProfile.objects.select_for_update(no_key=True).filter(pk=profile_id).first()
    version = profiles.current(profile_id)
    if profile is None or profile.retired_at is not None or version is None:
        return None
    found, last = _learnt(version)
    waiting = WeightProposal.objects.filter(profile=profile_id, state=State.OPEN).first()
    if waiting and waiting.version_id == version.pk and _counted(waiting) == last:
        return waiting
    WeightProposal.objects.filter(profile=profile_id, state=State.OPEN).update(
        state=State.OVERTAKEN, decided_at=now
    )
    if _is_dismissed(profile_id, version) or not found.is_proposed:
        return None
    return WeightProposal.objects.create(
        profile=profile,
        version=version,
        changes=lessons.to_json(found),
        replay=replay.to_json(found.replay) if found.replay else {},
        counted=asdict(last),
        made_at=now,
    )


@transaction.atomic
def adopt(proposal_id: int, *, by_id: int, now: datetime) -> ProfileVersion:
    """Let the profile be as proposed: a new version, approved by that person. Raises LearningError
    where the profile moved on, or where somebody is writing at it."""
    proposal = _hold(proposal_id)
    if profiles.draft(proposal.profile_id) is not None:
        raise LearningError(
            "Somebody is writing a draft of this profile: approve it, or discard it first."
        )
    spec = proposed_spec(proposal)
    note = f"Weights as answers say, proposal {proposal.pk}: {_summary(proposal)}"
    profiles.edit(proposal.profile_id, spec, seen=None, by_id=by_id, now=now, note=note[:300])
    # Before it is approved: who hears of the new version finds this one decided.
    _decide(proposal, State.ADOPTED, by_id=by_id, now=now, why="")
    made = profiles.approve(proposal.profile_id, seen=None, by_id=by_id, now=now)
    assert made is not None
    return made


@transaction.atomic
def dismiss(proposal_id: int, *, why: str, by_id: int, now: datetime) -> None:
    """Leave the profile as it is, with the reason. Raises LearningError."""
    proposal = _hold(proposal_id)
    reason = " ".join(why.replace("\0", "").split())[:300]
    if not reason:
        raise LearningError("Say why: whoever sees the same answers later wants to know.")
    _decide(proposal, State.DISMISSED, by_id=by_id, now=now, why=reason)


def found_in(proposal: WeightProposal) -> Learnt:
    """What a proposal says."""
    return lessons.from_json(proposal.changes, proposal.replay)


def proposed_spec(proposal: WeightProposal) -> Spec:
    """The profile as it would be."""
    return lessons.applied(profiles.spec_of(proposal.version), found_in(proposal))


_DECIDED = (State.ADOPTED, State.DISMISSED)


def _learnt(version: ProfileVersion) -> tuple[Learnt, Counted]:
    profile_id = version.profile_id
    fresh, last = answered.lists_of(profile_id, after=_counted(_adopted(profile_id)))
    every, _ = answered.lists_of(profile_id)
    return lessons.learn(profiles.spec_of(version), model_of(profile_id), fresh, every=every), last


def _adopted(profile_id: int) -> WeightProposal | None:
    rows = WeightProposal.objects.filter(profile=profile_id, state=State.ADOPTED)
    return rows.order_by("-decided_at", "-pk").first()


def _counted(proposal: WeightProposal | None) -> Counted:
    """How far a proposal counted: what a profile was adopted by does not count for it again."""
    return Counted(**proposal.counted) if proposal else Counted()


def _is_dismissed(profile_id: int, version: ProfileVersion) -> bool:
    rows = WeightProposal.objects.filter(profile=profile_id, version=version)
    last = rows.filter(state=State.DISMISSED).order_by("-decided_at", "-pk").first()
    if last is None:
        return False
    newer, _ = answered.lists_of(profile_id, after=_counted(last))
    return sum(len(each.told) for each in newer) < AGAIN


def _hold(proposal_id: int) -> WeightProposal:
    """A proposal that may be decided, with its profile, which nobody changes meanwhile."""
    profile_id = WeightProposal.objects.values_list("profile_id", flat=True).get(pk=proposal_id)
    try:
        profiles.hold(profile_id)
    except ProfileError as error:
        raise LearningError(str(error)) from error
    proposal = WeightProposal.objects.select_related("version").get(pk=proposal_id)
    if proposal.state != State.OPEN:
        raise LearningError("This proposal was decided already, or newer answers took its place.")
    if not proposal.version.is_current:
        raise LearningError("The profile is another one by now: wait for the next proposal.")
    return proposal


def _decide(proposal: WeightProposal, state: str, *, by_id: int, now: datetime, why: str) -> None:
    proposal.state, proposal.decided_by_id, proposal.decided_at = state, by_id, now
    proposal.why = why
    proposal.save(update_fields=["state", "decided_by", "decided_at", "why"])
    audit.record(
        by_id,
        f"profile.proposal_{state}",
        f"profile:{proposal.profile_id}",
        now=now,
        detail={"proposal": proposal.pk},
    )


def _summary(proposal: WeightProposal) -> str:
    found = found_in(proposal)
    said = [
        f"{one.told.name} {one.weight.before:g} to {one.weight.after:g}"
        for one in found.changes
        if one.is_proposed
    ]
    names = {one.told.key: one.told.name for one in found.changes}
    said += [f"{names[key]} a must" for key in found.musts]
    said += [f"the cut by {len(found.misfits)} lists of its own"] if found.misfits else []
    return "; ".join(said)

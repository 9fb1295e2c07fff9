"""The kinds of facts, and by whose word and in which sense they hold."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """What a fact is about. The names are part of the format that ``insight extract`` prints."""

    SKILL = "skill", "Skill"
    TITLE = "title", "Title"
    SENIORITY = "seniority", "Seniority"
    SCOPE = "scope", "Scope"
    EMPLOYER = "employer", "Employer"
    DOMAIN = "domain", "Domain"
    ACHIEVEMENT = "achievement", "Achievement"
    PLACE = "place", "Place"
    REMOTE = "remote", "On site or remote"
    PAY = "pay", "Pay"
    NOTICE = "notice", "Notice period"
    START = "start", "Earliest start"
    EVENT = "event", "Dated event"
    MOTIVE = "motive", "Motive"
    CONSTRAINT = "constraint", "Constraint"
    STANCE = "stance", "Stance"
    TOPIC = "topic", "Topic"
    REFERRAL = "referral", "Referral"
    STOP = "stop", "Do not contact"
    CHANNEL = "channel", "Preferred channel"
    TIME = "time", "Preferred time"


class Polarity(TextChoices):
    """In which sense it is true of the person."""

    HAD = "had", "Has"
    WANTS = "wants", "Wants"
    REFUSES = "refuses", "Does not want"
    PLANS = "plans", "Plans"
    LACKS = "lacks", "Lacks"


class Speaker(TextChoices):
    """Who says or writes the words."""

    CANDIDATE = "candidate", "The candidate"
    RECRUITER = "recruiter", "A recruiter"
    MANAGER = "manager", "A hiring manager"
    OTHER = "other", "Somebody else"


class SourceKind(TextChoices):
    """What kind of text facts are read from."""

    NOTE = "note", "Note"
    TRANSCRIPT = "transcript", "Transcript"
    DEBRIEF = "debrief", "Debrief"
    EMAIL = "email", "E-mail"
    RESUME = "resume", "Résumé"

"""Settings, read from the environment once, here. docs/reference/settings.md lists each one."""

import json
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from warmbench.core.environment import (
    SettingError,
    database_from_url,
    default_data_folder,
    derived_key,
    envbool,
    envint,
    envlist,
    envpairs,
    envpath,
    envsecret,
    envtext,
    fernet_key,
    keep_sums_on_one_core,
    kept_secret,
)
from warmbench.core.postgres import Server

PACKAGE = Path(__file__).resolve().parent

keep_sums_on_one_core()

# Which installation this is, and where it keeps its data.
ENVIRONMENT = envtext("WARMBENCH_ENV", "development")
if ENVIRONMENT not in {"development", "production", "test"}:
    raise SettingError("WARMBENCH_ENV must be development, production or test.")
PRODUCTION = ENVIRONMENT == "production"
DEMO = envbool("WARMBENCH_DEMO")
DEBUG = envbool("WARMBENCH_DEBUG")
DATA_FOLDER = envpath("WARMBENCH_DATA", default_data_folder())
INSTANCE_FOLDER = DATA_FOLDER / envtext("WARMBENCH_INSTANCE", "demo" if DEMO else "main")

# Secrets that nobody gave are made once and kept beside the data, never in the database.
SECRET_KEY = envsecret("WARMBENCH_SECRET_KEY") or kept_secret(INSTANCE_FOLDER / "secret-key")
SECRET_KEY_FALLBACKS = [key for key in [envsecret("WARMBENCH_OLD_SECRET_KEY")] if key]
#: The first signs links and reply addresses; old ones keep verifying (core.tokens).
SIGNING_KEYS = [derived_key(key, "links") for key in [SECRET_KEY, *SECRET_KEY_FALLBACKS]]
#: The first seals passwords and API keys; old ones still open them (core.vault).
VAULT_KEYS = [
    key
    for key in [
        envsecret("WARMBENCH_VAULT_KEY") or kept_secret(INSTANCE_FOLDER / "vault-key", fernet_key),
        envsecret("WARMBENCH_OLD_VAULT_KEY"),
    ]
    if key
]
#: Hashes what must be recognised and not kept (people.hashes). Nothing can replace it.
ERASURE_KEY = envsecret("WARMBENCH_ERASURE_KEY") or kept_secret(INSTANCE_FOLDER / "erasure-key")

# The database: our own server, unless another one is named.
DATABASE_URL = envsecret("DATABASE_URL")
EMBEDDED_POSTGRES = (
    None
    if DATABASE_URL
    else Server(
        folder=INSTANCE_FOLDER,
        home=envtext("WARMBENCH_POSTGRES_HOME"),
        options=envpairs("WARMBENCH_POSTGRES_OPTIONS"),
    )
)
DATABASES = {
    "default": {
        **(
            EMBEDDED_POSTGRES.connection() if EMBEDDED_POSTGRES else database_from_url(DATABASE_URL)
        ),
        # One connection per thread, kept; asked whether it still lives before each request.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "django_htmx",
    "ninja",  # For the scripts of its documentation page: no other server is asked for them.
    "procrastinate.contrib.django",
    "warmbench.core",
    "warmbench.accounts",
    "warmbench.people",
    "warmbench.messaging",
    "warmbench.signals",
    "warmbench.insight",
    "warmbench.sourcing",
    "warmbench.shortlists",
    "warmbench.nurture",
    "warmbench.integrations",
    "warmbench.web",
    "warmbench.sample",
    "warmbench",  # Last: it ties the others together.
]
MIDDLEWARE = [
    "warmbench.core.logs.log_requests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "warmbench.core.headers.ContentSecurityPolicy",
    "warmbench.web.public.before_sessions",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "warmbench.web.time_zone.activate_users_zone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "warmbench.urls"
WSGI_APPLICATION = "warmbench.wsgi.application"
FORM_RENDERER = "warmbench.web.form_renderer.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "warmbench.web.context.frame",
            ]
        },
    }
]

# Where people and mails find us.
PUBLIC_URL = envtext("WARMBENCH_URL", "http://127.0.0.1:8000").rstrip("/")
_PUBLIC = urlsplit(PUBLIC_URL)
if _PUBLIC.scheme not in {"http", "https"} or not _PUBLIC.hostname:
    raise SettingError("WARMBENCH_URL must be an address like https://warmbench.example.com.")
HTTPS = _PUBLIC.scheme == "https"
ALLOWED_HOSTS = [
    _PUBLIC.hostname,
    "localhost",
    "127.0.0.1",
    "[::1]",
    *envlist("WARMBENCH_ALLOWED_HOSTS"),
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
BEHIND_PROXY = envbool("WARMBENCH_BEHIND_PROXY")
DATA_CENTRES = envtext("WARMBENCH_DATA_CENTRES")
if BEHIND_PROXY:
    # Only when a proxy sets it: anybody else could claim to have come by HTTPS.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Wrong passwords count by address: without this, one guesser would lock everybody out.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

#: Name servers to ask about senders' domains; without any, those of this machine.
DNS_SERVERS = envlist("WARMBENCH_DNS")

#: Networks of our own in which a language model may be called: nobody can enter such an address
#: on a page alone.
try:
    MODEL_NETWORKS = tuple(ip_network(one) for one in envlist("WARMBENCH_MODEL_NETWORKS"))
except ValueError as error:
    raise SettingError("WARMBENCH_MODEL_NETWORKS must be networks like 10.0.0.0/8.") from error

#: Opt-outs and erasures, written down outside the database as well (people.journal).
JOURNAL = envpath("WARMBENCH_JOURNAL", INSTANCE_FOLDER / "journal.jsonl")
#: How long an imported file is kept after its upload.
KEEP_IMPORTS_DAYS = envint("WARMBENCH_KEEP_IMPORTS_DAYS", 30)

#: Where a mail server on this machine hands mails over to us; 0 is nowhere.
RECEPTION_PORT = envint("WARMBENCH_RECEPTION_PORT", 0)
#: What mail providers prove themselves with when they call us; without one nobody may.
HOOK_SECRETS = [
    secret
    for secret in [envsecret("WARMBENCH_HOOK_SECRET"), envsecret("WARMBENCH_OLD_HOOK_SECRET")]
    if secret
]
MAILGUN_KEY = envsecret("WARMBENCH_MAILGUN_KEY")
SENDGRID_KEY = envsecret("WARMBENCH_SENDGRID_KEY")

#: The sample ATS that the demo runs beside itself: vendor, addresses, credentials (JSON).
SAMPLE_ATS: dict[str, Any] | None = json.loads(envtext("WARMBENCH_SAMPLE_ATS") or "null")

# How many processes ``warmbench run`` keeps.
WEB_WORKERS = envint("WARMBENCH_WEB_WORKERS", 2)
# Many clicks wait for one commit; each thread may keep a connection to the database.
WEB_THREADS = envint("WARMBENCH_WEB_THREADS", 16)
WORKERS = envint("WARMBENCH_WORKERS", 1)

# Signing in.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "warmbench.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "5/15m/ip,5/15m/key"}

# Cookies and headers.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS and BEHIND_PROXY
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'self'"
)

# Shared by all processes, so that a rate limit counts once for all of them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entry",
    }
}

STATIC_URL = "/static/"
STATICFILES_DIRS: list[str] = []
# Straight from the packages: there is no build step to forget.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

USE_TZ = True
TIME_ZONE = "UTC"
# Staff pages are in English. What candidates see is in their language (core.languages).
LANGUAGE_CODE = "en-gb"
USE_I18N = True
LANGUAGES = [
    ("en-gb", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("nl", "Nederlands"),
]
LOCALE_PATHS = [PACKAGE / "locale"]

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

#: Where automated mail needs consent first besides where the law does (PL), or no longer (-DE).
CONSENT_FIRST = envlist("WARMBENCH_CONSENT_FIRST")

#: Stops every hand-over of every message, in all processes that start with it.
SENDING_STOPPED = envbool("WARMBENCH_SENDING_STOPPED")

LOG_LEVEL = envtext("WARMBENCH_LOG_LEVEL", "INFO").upper()
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "warmbench.core.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # It tells of each job twice, and at each start that it found its own tasks.
        "procrastinate": {"level": "WARNING"},
        # It writes down every address that is called, and those of chat channels are secrets.
        "httpx": {"level": "WARNING"},
        # It writes down what comes back with its headers, among which are codes to sign in with.
        "httpcore": {"level": "WARNING"},
    },
}

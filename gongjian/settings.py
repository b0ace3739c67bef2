"""All settings. Each has a default that runs on a laptop, except secrets, which fail loudly when live.

Environment: see docs/settings.md.
"""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from gongjian.keys.ring import new_text

ROOT = Path(__file__).resolve().parent.parent


def _flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def _data_home() -> Path:
    """Where files of this installation live: never inside the source tree."""
    named = os.environ.get("GONGJIAN_HOME")
    if named:
        return Path(named)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/gongjian/home")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "gongjian" / "home"


def _database(url: str) -> dict:
    """Django's settings for a URL such as postgresql://user:password@host:5432/name?host=/socket/folder."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql:// – Gongjian runs on PostgreSQL only.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or options.pop("dbname", "gongjian"),
        "USER": unquote(parts.username or "") or options.pop("user", ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "") or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def _days(name: str, default: int) -> int:
    given = os.environ.get(name, "").strip() or str(default)
    if not given.isascii() or not given.isdecimal() or not 30 <= int(given) <= 36_525:
        raise ImproperlyConfigured(f"{name} is “{given}”. Write a number of days, from 30 to 36525.")
    return int(given)


def _one_of(name: str, *words: str) -> str:
    """The word chosen in the environment; the first one if nothing is said."""
    word = os.environ.get(name, "").strip().lower() or words[0]
    if word not in words:
        raise ImproperlyConfigured(f"{name} must be one of: {', '.join(words)}.")
    return word


def _mail(url: str) -> dict:
    """Django's settings for smtp://user:password@host:587 (STARTTLS), smtps://…, or console; none: no letters."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    if url == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured("GONGJIAN_MAIL must be smtp://user:password@host:587, smtps://… or console.")
    is_tls = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if is_tls else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_tls,
        "EMAIL_USE_TLS": not is_tls and dict(parse_qsl(parts.query)).get("tls") != "0",
        "EMAIL_TIMEOUT": 10,
    }


def _provider(issuer: str, name: str) -> list[dict]:
    """The operator's own OpenID provider, as allauth takes it. Another issuer is another provider: links stay apart."""
    if not issuer:
        return []
    client_id = os.environ.get("GONGJIAN_OIDC_CLIENT_ID", "")
    if not client_id:
        raise ImproperlyConfigured("GONGJIAN_OIDC_ISSUER is set, but GONGJIAN_OIDC_CLIENT_ID is not.")
    return [
        {
            "provider_id": "oidc-" + hashlib.sha256(issuer.encode()).hexdigest()[:12],
            "name": name,
            "client_id": client_id,
            "secret": os.environ.get("GONGJIAN_OIDC_CLIENT_SECRET", ""),
            "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
        }
    ]


# == live or at home ==
LIVE = _flag("GONGJIAN_LIVE")
DEBUG = _flag("GONGJIAN_DEBUG") and not LIVE
HOME = _data_home()
SNAPSHOTS = HOME / "snapshots"  # the facts of days, as files


def _secret() -> str:
    given = os.environ.get("GONGJIAN_SECRET_KEY", "")
    if given:
        return given
    if LIVE:
        raise ImproperlyConfigured(
            "GONGJIAN_SECRET_KEY is not set. Make one: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    return _kept_secret(HOME / "secret-key")


def _keys() -> str:
    """The key ring as text; at home it is empty and the ring stands in KEYS_FILE."""
    given = os.environ.get("GONGJIAN_KEYS", "").strip()
    if given:
        return given
    if LIVE:
        raise ImproperlyConfigured(
            "GONGJIAN_KEYS is not set: the keys that seal personal data and sign the chronicle. Make a first ring: "
            "python -c 'from gongjian.keys.ring import new_text; print(new_text(2026))'"
        )
    _kept_secret(KEYS_FILE, lambda: new_text(date.today().year), "The key ring", "GONGJIAN_KEYS")
    return ""


def _make_home(home: Path) -> None:
    if not home.parent.is_dir():
        home.parent.mkdir(parents=True)
        # As root the database runs beside it, under an account of its own that has to get through here.
        home.parent.chmod(0o755 if hasattr(os, "geteuid") and os.geteuid() == 0 else 0o700)
    home.mkdir(mode=0o700, exist_ok=True)


def _kept_secret(
    path: Path,
    make: Callable[[], str] = lambda: secrets.token_urlsafe(50),
    what: str = "The key that signs sessions",
    setting: str = "GONGJIAN_SECRET_KEY",
) -> str:
    """A secret made for this installation at its first start, readable by its owner only."""
    try:
        if not path.exists():
            _make_home(path.parent)
            draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
            draft.touch(mode=0o600)
            draft.write_text(make(), encoding="ascii")
            with contextlib.suppress(FileExistsError):  # another process was first: its key counts
                os.link(draft, path)
            draft.unlink()
        return path.read_text(encoding="ascii").strip()
    except OSError as problem:
        raise ImproperlyConfigured(
            f"{what} cannot be kept in {path}: {problem.strerror}. "
            f"Set GONGJIAN_HOME to a folder that can be written, or set {setting}."
        ) from problem


SECRET_KEY = _secret()
KEYS_FILE = HOME / "keys"
KEYS = _keys()
ALLOWED_HOSTS = [h for h in os.environ.get("GONGJIAN_HOSTS", "").split(",") if h] or ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("GONGJIAN_ORIGINS", "").split(",") if o]
SITE = next(iter(CSRF_TRUSTED_ORIGINS), "http://127.0.0.1:8000").rstrip("/")  # how letters name this site
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = LIVE
# A browser takes __Host- only from this very host, over HTTPS: no neighbour under the same domain can plant one.
SESSION_COOKIE_NAME = "__Host-gongjian_session" if LIVE else "gongjian_session"
CSRF_COOKIE_NAME = "__Host-csrftoken" if LIVE else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("GONGJIAN_SECRET_KEY_BEFORE", "").split(",") if key]
SECURE_HSTS_SECONDS = 31_536_000 if LIVE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = LIVE
BEHIND_PROXY = _flag("GONGJIAN_BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# W002: gongjian.ui.headers says who may frame a page. W021: a preload list is the matter of whoever owns the domain.
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W021"]

# Personas of the sample city: set by `gongjian serve` alone, and only when it listens on loopback (docs/sample.md).
PERSONA_DOORS = _flag("GONGJIAN_PERSONA_DOORS") and not LIVE

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "gongjian.ui",
    "gongjian.workdays",
    "gongjian.accounts",  # before allauth, whose templates it draws anew
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "gongjian.chronicle",
    "gongjian.notices",
    "gongjian.register",
    "gongjian.asks",
    "gongjian.indicators",
    "gongjian.consistency",
    "gongjian.gaps",
    "gongjian.ballots",
    "gongjian.programme",
    "gongjian.activities",
    "gongjian.contacts",
    "gongjian.meetings",
    "gongjian.pledges",
    "gongjian.deeds",
    "gongjian.selections",
    "gongjian.telling",
    "gongjian.agreements",
    "gongjian.appraisal",
    "gongjian.reviews",
    "gongjian.honours",
    "gongjian.figures",
    "gongjian.packs",
    "gongjian.desk",
    "gongjian.sample",
]

MIDDLEWARE = [
    "gongjian.chronicle.whence.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gongjian.ui.headers.SecurityHeadersMiddleware",
    "gongjian.ui.database_away.DatabaseAwayMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "gongjian.accounts.devices.DeviceMiddleware",
    "gongjian.accounts.sessions.LastSeenMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gongjian.sample.mark.SampleMarkMiddleware",
    "gongjian.packs.here.PackMiddleware",
    "gongjian.ui.asof.AsOfMiddleware",
    "gongjian.accounts.factors.SecondFactorMiddleware",
    "gongjian.register.authority.wall.WallMiddleware",
]

ROOT_URLCONF = "gongjian.urls"
WSGI_APPLICATION = "gongjian.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

# == signing in: docs/accounts.md ==
AUTHENTICATION_BACKENDS = ["gongjian.accounts.backend.AccountBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "home"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "gongjian.accounts.adapters.SignInAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]  # nobody signs up; allauth asks what signing in needs
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_USER_DISPLAY = str
# Guessing is limited by gongjian.accounts.limits; allauth keeps what is left to it in the cache below.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reset_password": "20/m/ip,3/h/key"}
ACCOUNT_FORMS = {
    "login": "gongjian.accounts.forms.SignInForm",
    "reauthenticate": "gongjian.accounts.forms.PasswordAgainForm",
    "change_password": "gongjian.accounts.forms.ChangePasswordForm",
    "set_password": "gongjian.accounts.forms.FirstPasswordForm",
    "reset_password": "gongjian.accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "gongjian.accounts.forms.NewPasswordForm",
}
MFA_ADAPTER = "gongjian.accounts.adapters.FactorsAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Gongjian"
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_FORMS = {
    "authenticate": "gongjian.accounts.forms.CodeForm",
    "reauthenticate": "gongjian.accounts.forms.CodeAgainForm",
    "activate_totp": "gongjian.accounts.forms.AddAppForm",
    "login_webauthn": "gongjian.accounts.forms.PasskeySignInForm",
    "authenticate_webauthn": "gongjian.accounts.forms.PasskeyForm",
    "reauthenticate_webauthn": "gongjian.accounts.forms.PasskeyAgainForm",
    "add_webauthn": "gongjian.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "gongjian.accounts.forms.NamePasskeyForm",
}
SOCIALACCOUNT_ADAPTER = "gongjian.accounts.adapters.ProviderAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
OIDC_ISSUER = os.environ.get("GONGJIAN_OIDC_ISSUER", "").rstrip("/")
OIDC_NAME = os.environ.get("GONGJIAN_OIDC_NAME", "") or urlsplit(OIDC_ISSUER).hostname or ""
OIDC_TRUST = _one_of("GONGJIAN_OIDC_TRUST", "nothing", "username", "email")
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": _provider(OIDC_ISSUER, OIDC_NAME)}}

# == people who have left: docs/personal-data.md ==
KEEP_PEOPLE_DAYS = _days("GONGJIAN_KEEP_PEOPLE_DAYS", 1096)

# == letters ==
MAIL = os.environ.get("GONGJIAN_MAIL", "")
DEFAULT_FROM_EMAIL = os.environ.get("GONGJIAN_MAIL_FROM", "gongjian@localhost")
globals().update(_mail(MAIL))

COMPLAINTS = os.environ.get("GONGJIAN_COMPLAINTS", "")  # whom to tell of too much work, in words

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["gongjian.ui.templatetags.ui", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gongjian.ui.context.page",
            ],
        },
    }
]

DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql:///gongjian"))}

# In the database, so that every process counts the same; only signing in asks it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# == languages and time ==
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese (simplified)")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "gongjian" / "locale"]
LANGUAGE_COOKIE_NAME = "gongjian_language"
LANGUAGE_COOKIE_SECURE = LIVE
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# == files ==
STATIC_URL = "/static/"
STATICFILES_DIRS = [("verivote", ROOT / "verivote" / "page")]  # what seals a ballot in the browser
STATIC_ROOT = HOME / "static" if LIVE else None  # at home the files are served from the packages
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = HOME / "uploads"
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
PACKS_ROOT = ROOT / "packs"

LOG = _one_of("GONGJIAN_LOG", "text", "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "gongjian.chronicle.whence.RequestInLog"}},
    "formatters": {
        "text": {
            "format": "{asctime} {levelname} {request_id} {name}: {message}",
            "style": "{",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
        },
        "json": {"()": "gongjian.ui.logs.JSONLine"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG, "filters": ["request"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"gongjian.accounts": {"level": "INFO"}},
}

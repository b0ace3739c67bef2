"""All settings. Each has a default that runs on a laptop, except secrets, which fail loudly when live.

Environment: see docs/settings.md.
"""

import contextlib
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


# == live or at home ==
LIVE = _flag("GONGJIAN_LIVE")
DEBUG = _flag("GONGJIAN_DEBUG") and not LIVE
HOME = _data_home()


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
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = LIVE
SESSION_COOKIE_NAME = "gongjian_session"
SECURE_HSTS_SECONDS = 31_536_000 if LIVE else 0
BEHIND_PROXY = _flag("GONGJIAN_BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"

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
    "gongjian.accounts",
    "gongjian.chronicle",
    "gongjian.register",
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
    "gongjian.sample.mark.SampleMarkMiddleware",
    "gongjian.packs.here.PackMiddleware",
    "gongjian.ui.asof.AsOfMiddleware",
]

ROOT_URLCONF = "gongjian.urls"
WSGI_APPLICATION = "gongjian.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "home"

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
STATIC_ROOT = HOME / "static" if LIVE else None  # at home the files are served from the packages
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = HOME / "uploads"
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
PACKS_ROOT = ROOT / "packs"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "gongjian.chronicle.whence.RequestInLog"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {request_id} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

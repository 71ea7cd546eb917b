"""Every setting of the registry, in Django's order, read from the environment.

Nothing needs to be set on one machine. What an operator may set is listed in .env.example.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import environs
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environs.Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var"))).resolve()


def _secret(name: str) -> str:
    """The variable, the file that ``<name>_FILE`` names, or a random value kept beside the data."""
    if given := env.str(name, ""):
        return str(given)
    if path := env.str(f"{name}_FILE", ""):
        with _blaming(f"{name}_FILE"):
            return Path(path).read_text().strip()
    kept = DATA_DIR / name.lower()
    with _blaming("DATA_DIR"):
        if not kept.exists():
            DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = kept.with_suffix(f".{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(64))
            with contextlib.suppress(FileExistsError):  # another process of the first start won
                kept.hardlink_to(draft)
            draft.unlink()
        return kept.read_text().strip()


@contextlib.contextmanager
def _blaming(name: str) -> Iterator[None]:
    """Say which setting leads to a file that cannot be used."""
    try:
        yield
    except OSError as exc:
        raise ImproperlyConfigured(f"{name}: {exc.strerror}: {exc.filename}") from exc


# --- Where things are -----------------------------------------------------------------------

UPLOAD_DIR = Path(env.str("UPLOAD_DIR", str(DATA_DIR / "storage")))
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000)
WEB_PROCESSES = env.int("WEB_PROCESSES", 2)
WEB_THREADS = env.int("WEB_THREADS", 8)
WORKERS = env.int("WORKERS", 2)
IS_PUBLIC = HOST not in {"127.0.0.1", "localhost", "::1"}

# --- Security -------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = _secret("SECRET_KEY")
JWT_SECRET_KEY = _secret("JWT_SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [] if IS_PUBLIC else ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
BEHIND_TLS = env.bool("BEHIND_TLS", False)  # a proxy ends TLS and sets X-Forwarded-Proto
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)  # how many proxies append to X-Forwarded-For
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

CORS_ALLOWED_ORIGINS: list[str] = env.list("CORS_ALLOWED_ORIGINS", [])
CORS_URLS_REGEX = r"^/api/.*$"
CORS_ALLOW_HEADERS = (
    "accept",
    "authorization",
    "content-type",
    "offset",
    "x-authorization",
    "x-csrftoken",
)
CORS_EXPOSE_HEADERS = ("offset", "retry-after", "location", "etag", "search-cut-short")

# --- Applications ---------------------------------------------------------------------------

INSTALLED_APPS = [
    "registry",
    "ratings",
    "lineage",
    "artifacts",
    "accounts",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "auditlog",
    "corsheaders",
    "csp",
    "django_filters",
    "django_htmx",
    "django_q",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    *(["corsheaders.middleware.CorsMiddleware"] if CORS_ALLOWED_ORIGINS else []),
    "common.browsers.PolicyMiddleware",
    "common.middleware.RejectNulMiddleware",
    "common.browsers.CookieSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "common.browsers.CookieUserMiddleware",
    "common.browsers.NoticeMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "common.browsers.FragmentMiddleware",
    "accounts.middleware.AuditMiddleware",
    "common.middleware.ExpectedErrorsMiddleware",
]

ROOT_URLCONF = "registry.urls"
WSGI_APPLICATION = "registry.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database -------------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", f"sqlite:///{DATA_DIR / 'registry.sqlite3'}")


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = url.removeprefix("sqlite:///")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                # measured: the defaults lose a quarter of concurrent writers to "locked"
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456"
                ),
            },
        }
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"DATABASE_URL: {parts.scheme} is not sqlite or postgresql.")
    return {
        "ENGINE": "common.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": "10"} | dict(parse_qsl(parts.query)),
    }


DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache ----------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", "")
CACHES = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
        }
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "registry_cache",
        }
    )
}

# --- Who someone is -------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "artifacts:list"
LOGOUT_REDIRECT_URL = "accounts:login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.DigitAndSpecialValidator"},
]
REGISTRY_ADMIN_USERNAME = env.str("REGISTRY_ADMIN_USERNAME", "admin")
REGISTRY_ADMIN_PASSWORD = env.str("REGISTRY_ADMIN_PASSWORD", "")
TOKEN_MAX_CALLS = env.int("TOKEN_MAX_CALLS", 1000)
TOKEN_LIFETIME_HOURS = env.int("TOKEN_LIFETIME_HOURS", 10)
COUNTER_DIR = DATA_DIR / "counters"  # calls are counted here while everything is on one machine
RATE_LIMITS = {  # docs/limits.md
    "login": env.str("RATE_LIMIT_LOGIN", "30/minute"),
    "login_address": env.str("RATE_LIMIT_LOGIN_ADDRESS", "120/minute"),
    "registration": env.str("RATE_LIMIT_REGISTRATION", "300/hour"),
    "download": env.str("RATE_LIMIT_DOWNLOAD", "6000/minute"),
    "artifact": env.str("RATE_LIMIT_ARTIFACT", "600/minute"),
    "license_check": env.str("RATE_LIMIT_LICENSE_CHECK", "60/minute"),
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(hours=TOKEN_LIFETIME_HOURS),
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_SECRET_KEY,
    "USER_ID_FIELD": "id",
    "USER_ID_CLAIM": "user_id",
    "UPDATE_LAST_LOGIN": False,
}

# --- API ------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "accounts.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.IsSearcher"],
    "DEFAULT_PARSER_CLASSES": ["common.api.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": [
        "common.api.JSONRenderer",
        "common.api.BrowsableRenderer",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "common.api.Negotiation",
    "DEFAULT_SCHEMA_CLASS": "common.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "common.api.exception_handler",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "common.pagination.Cursor",
    "PAGE_SIZE": 50,
    "NUM_PROXIES": TRUSTED_PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Model Registry",
    "DESCRIPTION": "A self-hosted registry that says why a model may be trusted.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_PERMISSIONS": ["accounts.permissions.Public"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ArtifactTypeEnum": "artifacts.models.ArtifactType",
        "RoleEnum": "accounts.models.Role",
        "FindingSeverityEnum": ["contradiction", "warning", "info"],
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "registry.openapi.complete",
    ],
}
MAX_CONTENT_LENGTH = env.int("MAX_CONTENT_LENGTH", 2 * 1024**3)  # bytes of an uploaded bundle
ALLOWED_EXTENSIONS = env.list("ALLOWED_EXTENSIONS", [".zip", ".tar", ".tar.gz", ".tgz"])
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024**2  # bytes of any other request body
RATING_WAIT_TIMEOUT_SECONDS = env.float("RATING_WAIT_TIMEOUT_SECONDS", 20.0)
RATING_WAIT_POLL_SECONDS = env.float("RATING_WAIT_POLL_SECONDS", 0.5)

# --- The outside ----------------------------------------------------------------------------

HF_ENDPOINT = env.str("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
HUGGINGFACE_HUB_TOKEN = env.str("HUGGINGFACE_HUB_TOKEN", "")
GITHUB_URL = env.str("GITHUB_URL", "https://github.com").rstrip("/")
GITHUB_API_URL = env.str("GITHUB_API_URL", "https://api.github.com").rstrip("/")
GITHUB_TOKEN = env.str("GITHUB_TOKEN", "")
SOURCE_ALLOWED_HOSTS = env.list(
    "SOURCE_ALLOWED_HOSTS",
    [".huggingface.co", ".hf.co", ".github.com", ".githubusercontent.com"],
)
SOURCE_ALLOW_HTTP = env.bool(
    "SOURCE_ALLOW_HTTP", any(u.startswith("http:") for u in (HF_ENDPOINT, GITHUB_URL))
)
SOURCE_TIMEOUT_SECONDS = env.float("SOURCE_TIMEOUT_SECONDS", 30.0)
GIT_TIMEOUT_SECONDS = env.float("GIT_TIMEOUT_SECONDS", 900.0)
SOURCE_MAX_FILES = env.int("SOURCE_MAX_FILES", 100_000)
SOURCE_MAX_FILE_BYTES = env.int("SOURCE_MAX_FILE_BYTES", 100 * 1024**3)
SOURCE_MAX_TOTAL_BYTES = env.int("SOURCE_MAX_TOTAL_BYTES", 500 * 1024**3)
# what an artifact names is read for its rating and registered as well; docs/ratings.md
LINKED_MAX_DATASETS = env.int("LINKED_MAX_DATASETS", 5)
LINKED_MAX_CODE = env.int("LINKED_MAX_CODE", 3)
LINKED_MAX_BYTES = env.int("LINKED_MAX_BYTES", 10 * 1024**3)  # of one that is registered so
LINKED_REUSE_HOURS = env.float("LINKED_REUSE_HOURS", 24.0)

# --- Bytes ----------------------------------------------------------------------------------

AWS_REGION = env.str("AWS_REGION", "us-east-1")
S3_BUCKET_NAME = env.str("S3_BUCKET_NAME", "")
AWS_ACCESS_KEY_ID = env.str("AWS_ACCESS_KEY_ID", "") or None
AWS_SECRET_ACCESS_KEY = env.str("AWS_SECRET_ACCESS_KEY", "") or None
AWS_ENDPOINT_URL = env.str("AWS_ENDPOINT_URL", "") or None
DOWNLOAD_URL_SECONDS = env.int("DOWNLOAD_URL_SECONDS", 3600)
BLOB_GRACE_SECONDS = env.int("BLOB_GRACE_SECONDS", 24 * 3600)
# a location of nginx that is internal and serves UPLOAD_DIR; empty sends files from here
ACCEL_REDIRECT_PREFIX = env.str("ACCEL_REDIRECT_PREFIX", "")

STORAGES = {
    "artifacts": (
        {
            "BACKEND": "artifacts.storage.s3.S3ArtifactStorage",
            "OPTIONS": {
                "bucket_name": S3_BUCKET_NAME,
                "region_name": AWS_REGION,
                "access_key": AWS_ACCESS_KEY_ID,
                "secret_key": AWS_SECRET_ACCESS_KEY,
                "endpoint_url": AWS_ENDPOINT_URL,
                "addressing_style": "path" if AWS_ENDPOINT_URL else "auto",
                "signature_version": "s3v4",
                "default_acl": None,
                "file_overwrite": False,
                "querystring_expire": DOWNLOAD_URL_SECONDS,
            },
        }
        if S3_BUCKET_NAME
        else {
            "BACKEND": "artifacts.storage.file_store.FileArtifactStorage",
            "OPTIONS": {
                "location": UPLOAD_DIR,
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
    ),
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Queue ----------------------------------------------------------------------------------

INGESTION_JOB = "registry.ingestion.ingest"
LICENCE_READER = "ratings.licences.normalise"
REQUEST_REMEASURING = "ratings.services.request_remeasuring"
INGESTION_SYNC = env.bool("INGESTION_SYNC", False)
INGESTION_MAX_ATTEMPTS = env.int("INGESTION_MAX_ATTEMPTS", 3)
INGESTION_STALE_SECONDS = env.int("INGESTION_STALE_SECONDS", 60)  # no heartbeat for so long
JOB_TIMEOUT_SECONDS = env.int("JOB_TIMEOUT_SECONDS", 6 * 3600)
Q_CLUSTER = {
    "name": "registry",
    "orm": "default",
    "workers": WORKERS,
    "queue_limit": 1,
    "timeout": JOB_TIMEOUT_SECONDS,
    # retry counts from the fetch, so it must outlast a whole queue of slow tasks
    "retry": JOB_TIMEOUT_SECONDS * 4,
    "max_attempts": 1,  # attempts are counted on our own rows, the sweeper queues again
    "ack_failures": True,
    "poll": 0.5,
    "save_limit": 1000,
    "catch_up": False,
    "label": "Queue",
}

# --- Texts, time, static files --------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "jpg", "webp", "woff2", "gz", "br", "ico")

# --- Audit and logs -------------------------------------------------------------------------

AUDITLOG_DISABLE_REMOTE_ADDR = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.log_level("LOG_LEVEL", logging.INFO)},
}

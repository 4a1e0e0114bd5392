"""Settings shared by every deployment. Values come from the environment or `.env`."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import environ
from django.templatetags.static import static

from locanext_project.database_choice import database_settings, refuse_undecided
from locanext_project.secret import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
if os.environ.get("LOCANEXT_ENV_FILE", "") != "none":
    environ.Env.read_env(os.environ.get("LOCANEXT_ENV_FILE") or BASE_DIR / ".env")

VERSION = "0.1.0"
PROFILE = "server"
DATA_DIR = Path(env.str("LOCANEXT_DATA", default=str(BASE_DIR / "var")))
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or secret_key(DATA_DIR)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "unfold",
    "django.contrib.admin",
    "channels",
    "corsheaders",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_tasks",
    "django_tasks_db",
    "apps.accounts",
    "apps.audit",
    "apps.telemetry",
    "apps.tasks",
    "apps.tm",
    "apps.ldm",
    "apps.tools",
    "apps.sync",
]

MIDDLEWARE = [
    # Outermost, so that errors of every other one carry the headers too; it asks no database.
    "locanext_project.middleware.SecurityHeadersMiddleware",
    "locanext_project.middleware.WorkspaceMiddleware",
    "locanext_project.request_limits.RequestLimitsMiddleware",
    "apps.audit.middleware.AuditContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "apps.accounts.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "locanext_project.urls"
ASGI_APPLICATION = "locanext_project.asgi.application"
WSGI_APPLICATION = "locanext_project.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "locanext_project.context.interface",
            ],
        },
    },
]

# ---- databases: chosen once per start, in the parent process ----
DATABASE_TYPE = refuse_undecided(env.str("DATABASE_TYPE", default="auto"))
DATABASES: dict[str, dict[str, Any]] = {"default": database_settings(DATABASE_TYPE, env, DATA_DIR)}
# What each database is for: a desktop's holds ids below zero for what was born there.
DATABASE_ROLES = {"default": "server"}
# For how long threads that stay keep their connection (locanext_project.kept_connections); 0: never beyond a request.
KEEP_CONNECTIONS_SECONDS = 0
DATABASE_ROUTERS = ["locanext_project.workspaces.WorkspaceRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CHANNEL_LAYERS: dict[str, dict[str, Any]] = (
    {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [env.str("REDIS_URL")]},
        }
    }
    if env.str("REDIS_URL", default="")
    else {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
)

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# ---- people ----
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "apps.accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 7 * 24 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
# Scripts take the token from the page, never from the cookie.
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "locanext_project.error_pages.csrf_failure"
# One key signs sessions, another the access tokens, so that either can be changed alone.
JWT_SIGNING_KEY = env.str("JWT_SIGNING_KEY", default="") or secret_key(DATA_DIR, "jwt_key")
ACCESS_TOKEN_MINUTES = 30
REFRESH_TOKEN_DAYS = 7
SESSION_ABSOLUTE_DAYS = 30
LOGIN_FAILURES_ALLOWED = env.int("LOGIN_FAILURES_ALLOWED", default=5)
LOGIN_FAILURES_MINUTES = 15

# ---- network ----
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", default=[])
ALLOWED_NETWORKS: list[str] = env.list("ALLOWED_NETWORKS", default=[])
CORS_ALLOWED_ORIGINS: list[str] = env.list("CORS_ALLOWED_ORIGINS", default=[])
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# ---- languages and time ----
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ko", "한국어")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "locanext_language"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True

# ---- files ----
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
WHITENOISE_USE_FINDERS = True
# Under ASGI WhiteNoise's answers are read in a thread; Django says so at every file.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "files")},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
QUERY_STRING_MAX = 16 * 1024
UPLOAD_MAX_MB = env.int("UPLOAD_MAX_MB", default=300)
PARSE_MEMORY_MB = env.int("PARSE_MEMORY_MB", default=4096)
PARSE_SECONDS = env.int("PARSE_SECONDS", default=600)
# How often counts of memory look-ups are written; 0: never.
USAGE_FLUSH_SECONDS = env.int("USAGE_FLUSH_SECONDS", default=20)
TRASH_DAYS = 30
# Models of the neural engines: a folder for each. What is not there is downloaded only where that is allowed.
MODELS_DIR = Path(env.str("MODELS_DIR", default="") or DATA_DIR / "models")
MODELS_DOWNLOAD = env.bool("MODELS_DOWNLOAD", default=False)

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.authentication.AccessTokenAuthentication",
        "apps.accounts.authentication.PageSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "locanext_project.api.parsers.StrictJSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "locanext_project.api.errors.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "LocaNext API",
    "VERSION": VERSION,
    "DESCRIPTION": "Everything the LocaNext pages do, for programs.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    # Groups are folded: the page draws what is in sight only, and some hundred calls are never all in sight.
    "SWAGGER_UI_SETTINGS": {"docExpansion": "none", "deepLinking": True, "filter": True},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Several closed sets are called `kind` or `status`: each gets a name of its own in the description.
    "ENUM_NAME_OVERRIDES": {
        "TrashKind": "apps.ldm.models.tree.TrashItem.Kind",
        "ProposalKind": "apps.ldm.api.lookup_shapes.PROPOSAL_KINDS",
        "EngineKind": "apps.tm.vectors.engines.KINDS",
        "MemoryKind": "apps.tm.models.memories.Memory.Kind",
        "MemoryPlaceKind": "apps.ldm.api.memory_shapes.PLACE_KINDS",
        "EntryChangeKind": "apps.tm.models.entries.EntryRevision.Kind",
        "NodeKind": "apps.ldm.api.tree_shapes.KINDS",
        "RowStatus": "apps.ldm.api.schemas.STATUS_NAMES",
        "TaskStatus": "apps.tasks.models.Status",
        "LoginSessionKind": "apps.accounts.models.LoginSession.Kind",
    },
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "LocaNext",
    "SITE_HEADER": "LocaNext",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}],
    "SITE_ICON": lambda request: static("favicon.svg"),
    # The greys and the blue of static/css/tokens.css.
    "COLORS": {
        "base": {
            "50": "#f7f7f6",
            "100": "#f0f0ee",
            "200": "#e0e0dd",
            "300": "#c9cac6",
            "400": "#92979e",
            "500": "#60666d",
            "600": "#4a4f56",
            "700": "#3b3f43",
            "800": "#1e2022",
            "900": "#151618",
            "950": "#101112",
        },
        "primary": {
            "50": "#e3ecfd",
            "100": "#dbe7fc",
            "200": "#b9d2fb",
            "300": "#8ab6ff",
            "400": "#6ba2ff",
            "500": "#4589ff",
            "600": "#1f5fd6",
            "700": "#1a55c2",
            "800": "#1a52ba",
            "900": "#1a2b48",
            "950": "#172338",
        },
    },
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "daphne": {"level": "WARNING"},
        "django.server": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},  # it tells of every request
        "faiss": {"level": "WARNING"},  # it tells which build of itself it tried
    },
}

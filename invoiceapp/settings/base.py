"""What every installation shares. The other modules here say only how they differ."""

from invoiceapp.env import BASE_DIR, DATA_DIR, env, secret_from
from invoiceapp.settings.logging import logging_config
from invoiceapp.sqlite import init_command as sqlite_pragmas

SECRET_KEY = secret_from("SECRET_KEY", "secret-key", "django")
# Comma-separated; the first seals, all of them open. Keep it apart from SECRET_KEY.
ENCRYPTION_KEYS = secret_from("ENCRYPTION_KEYS", "encryption-keys", "fernet").split(",")
# The same for what opens suppliers' portals and for what was collected there.
COLLECTOR_KEYS = secret_from("COLLECTOR_KEYS", "collector-keys", "fernet").split(",")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
# A host at which only the credentials of sandboxes are accepted.
SANDBOX_HOST = env.str("SANDBOX_HOST", default="").lower()
if SANDBOX_HOST:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, SANDBOX_HOST]
SANDBOX_RESET_DAILY = env.bool("SANDBOX_RESET_DAILY", default=True)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# What links in mail, PDFs and API answers start with.
BASE_URL = env.str(
    "BASE_URL", default=f"http://{env.str('HOST', '127.0.0.1')}:{env.str('PORT', '8000')}"
).rstrip("/")
# Where `doc_url` in API errors points to.
DOCS_URL = env.str("DOCS_URL", default=f"{BASE_URL}/docs").rstrip("/")
PRODUCT_NAME = "InvoiceApp"
PRODUCT_VERSION = "0.1.0"

INSTALLED_APPS = [
    "core",
    "accounts",
    "billing",
    "integrations",
    "invoiceapp.apps.InstallationConfig",
    "invoiceapp.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "rest_framework",
    "oauth2_provider",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "invoiceapp.middleware.RequestIdMiddleware",
    "invoiceapp.tracing.TracingMiddleware",
    "invoiceapp.metrics.requests.MetricsMiddleware",
    "invoiceapp.middleware.WideConnectionMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "invoiceapp.middleware.ResponseHeadersMiddleware",
    "invoiceapp.middleware.DialectMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.web.middleware.CurrentOrganizationMiddleware",
]

ROOT_URLCONF = "invoiceapp.urls"
WSGI_APPLICATION = "invoiceapp.wsgi.application"
# API documents use no trailing slash, and a POST is never redirected.
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
                "csp.context_processors.nonce",
                "accounts.web.context.current_organization",
            ],
        },
    }
]

# --- data -------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", default="")
if DATABASE_URL:
    DATABASES = {"default": env.db_url("DATABASE_URL")}
    if DATABASES["default"]["ENGINE"].endswith("postgresql"):
        DATABASES["default"]["CONN_MAX_AGE"] = 600
        DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
        DATABASES["default"].setdefault("OPTIONS", {})
        # A lock taken before reading is only right under READ COMMITTED.
        DATABASES["default"]["OPTIONS"] |= {
            "options": "-c default_transaction_isolation=read\\ committed"
            " -c lock_timeout=3s -c statement_timeout=15s"
            " -c idle_in_transaction_session_timeout=30s"
            # Wide until a request narrows it: see core.tenancy.
            " -c app.organization=*"
            # The server lets go of a host that vanished without a word, locks and all.
            " -c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_user_timeout=30s",
            "connect_timeout": 3,
            # And a host does not wait for a server that vanished: 20 s, and the work is tried anew.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 2,
            "tcp_user_timeout": 20_000,
        }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "invoiceapp.sqlite3",
        }
    }
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["ENGINE"] = "invoiceapp.sqlite"
    DATABASES["default"].setdefault("OPTIONS", {})
    DATABASES["default"]["OPTIONS"] |= {
        # A transaction that reads first and writes later fails under load; this one waits.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": sqlite_pragmas(),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {
        # Redis may go away; nobody waits for what is only cached.
        "BACKEND": "invoiceapp.caches.RedisOrOwnCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "invoiceapp"}
}

# --- people -----------------------------------------------------------------------------
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# Where an owner goes whose organization knows nothing of itself yet.
FIRST_RUN_URL = "/setup"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "accounts.web.adapter.AccountAdapter"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/15m/ip,10/15m/key", "reset_password": "20/h/ip,5/h/key"}
# How many proxies of yours stand in front: limits per address need the caller's own.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = PRODUCT_NAME

# --- language ---------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("de", "Deutsch"), ("es", "Español")]
TIME_ZONE = "UTC"
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True

# --- files ------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    # The preview of a PDF is written in the fonts of the PDF.
    ("documents/fonts", BASE_DIR / "billing" / "documents" / "fonts"),
]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "integrations.docs.static_files.SwaggerFinder",
]
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
API_MAX_BODY_BYTES = 1_048_576

# --- mail -------------------------------------------------------------------------------
# smtp://user:password@host:587/?tls=True …; empty writes .eml files to DATA_DIR/mail.
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url("EMAIL_URL"))
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
else:
    EMAIL_BACKEND = "integrations.mail.eml.EmlFileBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_TIMEOUT = 15
# Per organization; every recipient counts. What the installation sends by itself does not.
MAIL_PER_HOUR = env.int("MAIL_PER_HOUR", default=500)
# What a sandbox whose clock is set really sends; the rest counts as sent and stays here.
TEST_CLOCK_MAIL_PER_HOUR = env.int("TEST_CLOCK_MAIL_PER_HOUR", default=100)
# How long the record of work that is done is kept; documents, books and events stay.
KEEP_DELIVERIES_DAYS = env.int("KEEP_DELIVERIES_DAYS", default=30)
KEEP_RUNS_DAYS = env.int("KEEP_RUNS_DAYS", default=90)
KEEP_MAIL_DAYS = env.int("KEEP_MAIL_DAYS", default=0)  # 0: as long as the documents
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="InvoiceApp <invoices@localhost>")

# The mailbox that delivery reports arrive in, imaps://user:password@host/INBOX, and its own
# address, which mail is sent from; empty keeps that of DEFAULT_FROM_EMAIL.
BOUNCE_IMAP_URL = env.str("BOUNCE_IMAP_URL", default="")
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")
# Who sends the mail and tells over HTTP what became of it: brevo, mailgun or postmark; and what
# proves that it is them. Nobody is listened to without both.
MAIL_PROVIDER = env.str("MAIL_PROVIDER", default="")
MAIL_PROVIDER_SECRET = env.str("MAIL_PROVIDER_SECRET", default="")

# --- work -------------------------------------------------------------------------------
BROKER_URL = env.str("BROKER_URL", default=REDIS_URL or "memory://")
EMBEDDED_WORKER = env.bool("EMBEDDED_WORKER", default=not (REDIS_URL or env.str("BROKER_URL", "")))

# --- operating --------------------------------------------------------------------------
# age recipients or identities, comma-separated; empty leaves backups unencrypted.
BACKUP_KEY = env.str("BACKUP_KEY", default="")
# What a scraper of /metrics brings as its bearer token; without one there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Where unforeseen errors are reported to; nothing leaves the installation without it.
SENTRY_DSN = env.str("SENTRY_DSN", default="")
# A collector that traces are sent to; nothing leaves the installation without it.
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")

# --- outbound HTTP ----------------------------------------------------------------------
# Networks of your own that webhooks may reach, such as 127.0.0.0/8; empty refuses them all.
OUTBOUND_ALLOW_CIDRS = env.list("OUTBOUND_ALLOW_CIDRS", default=[])
ALLOW_HTTP_WEBHOOKS = env.bool("ALLOW_HTTP_WEBHOOKS", default=bool(OUTBOUND_ALLOW_CIDRS))

# --- collecting -------------------------------------------------------------------------
# Whether users confirm the terms by a code that is mailed to them, and where the terms are.
COLLECTOR_TERMS = env.bool("COLLECTOR_TERMS", default=True)
COLLECTOR_TERMS_URL = env.str("COLLECTOR_TERMS_URL", default="")
COLLECTOR_TOKEN_MINUTES = env.int("COLLECTOR_TOKEN_MINUTES", default=10)
# Watched folders lie below <this>/<uuid of the organization>/; empty: there are none.
COLLECTOR_FOLDERS = env.str("COLLECTOR_FOLDERS", default="")
# The browser that visits portals; empty: the system's, or the one that Playwright installed.
COLLECTOR_BROWSER = env.str("COLLECTOR_BROWSER", default="")

# --- API --------------------------------------------------------------------------------
# Almost empty on purpose: each dialect brings its own everything.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "UNAUTHENTICATED_USER": None,
}

# --- OAuth 2 ----------------------------------------------------------------------------
OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.Application"
OAUTH2_PROVIDER_GRANT_MODEL = "accounts.Grant"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "accounts.AccessToken"  # noqa: S105 (a model)
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "accounts.RefreshToken"  # noqa: S105 (a model)
OAUTH2_PROVIDER = {
    "OAUTH2_VALIDATOR_CLASS": "integrations.oauth.validator.Validator",
    "OAUTH2_SERVER_CLASS": "integrations.oauth.engine.Server",
    "OAUTH2_BACKEND_CLASS": "integrations.oauth.engine.Engine",
    "SCOPES_BACKEND_CLASS": "integrations.oauth.validator.ApplicationScopes",
    # Lives are in accounts.operations.tokens; these two are what the engine tells clients.
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 60,
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    # The validator asks it of public applications only: see docs/api/v1/oauth.md.
    "PKCE_REQUIRED": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    # Loopback addresses are let in by our own rule for redirect addresses.
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    **{
        f"COMPLIANT_BCP_RFC9700_{gate}": True
        for gate in (
            "IMPLICIT_GRANT",
            "PASSWORD_GRANT",
            "PKCE_METHOD",
            "ACCESS_TOKEN_TRANSPORT",
            "AUTHZ_RESPONSE_ISS",
            "TOKEN_STORAGE",
            "REFRESH_TOKEN",
            "REDIRECT_URI_SCHEME",
            "REDIRECT_URI_MATCHING",
            "PKCE_REQUIRED",
        )
    },
}

# --- browser safety ---------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "invoiceapp.errors.csrf_failure"

LOGGING = logging_config(env.str("LOG_LEVEL", default="INFO"), env.str("LOG_FORMAT", "text"))

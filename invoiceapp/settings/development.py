"""One machine over plain HTTP: what `make run` uses."""

from invoiceapp.env import env
from invoiceapp.settings.base import *  # noqa: F403
from invoiceapp.settings.base import ALLOWED_HOSTS

DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = [*ALLOWED_HOSTS, env.str("HOST", default="127.0.0.1")]
# Passkeys need a secure context; browsers treat localhost as one.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True

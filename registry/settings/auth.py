"""Who someone is: accounts, passwords, sessions, tokens and how often they may call."""

from __future__ import annotations

from datetime import timedelta

from registry.settings.environment import DATA_DIR, env
from registry.settings.security import JWT_SECRET_KEY

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

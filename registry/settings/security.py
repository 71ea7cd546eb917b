"""Secrets, hosts, proxies, and what browsers are told to refuse."""

from __future__ import annotations

from registry.settings.environment import env, secret
from registry.settings.machine import IS_PUBLIC

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = secret("SECRET_KEY")
JWT_SECRET_KEY = secret("JWT_SECRET_KEY")
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

"""The hubs that artifacts come from, and how much may come from them."""

from __future__ import annotations

from registry.settings.environment import env

# where artifacts may come from, in the order in which people are told of them
SOURCES = [
    "artifacts.sources.huggingface.HuggingFace",
    "artifacts.sources.github.GitHub",
    "artifacts.sources.upload.Upload",
]
HF_ENDPOINT = env.str("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
HUGGINGFACE_HUB_TOKEN = env.str("HUGGINGFACE_HUB_TOKEN", "")
GITHUB_URL = env.str("GITHUB_URL", "https://github.com").rstrip("/")
GITHUB_API_URL = env.str("GITHUB_API_URL", "https://api.github.com").rstrip("/")
GITHUB_TOKEN = env.str("GITHUB_TOKEN", "")
# unset: each source knows the hosts that it may redirect to
SOURCE_ALLOWED_HOSTS = env.list("SOURCE_ALLOWED_HOSTS", None)
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

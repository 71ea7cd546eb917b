"""What a pasted URL means: a source, a repository and perhaps a revision, never a host.

Nothing here touches the network. The public hubs and the configured endpoints are the
only addresses understood, and both give the same canonical form, so that an artifact
stays the same artifact behind a mirror.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

from artifacts.sources.errors import UnrecognisedUrl

HUGGINGFACE = "huggingface"
GITHUB = "github"
UPLOAD = "upload"
PUBLIC_URL = {HUGGINGFACE: "https://huggingface.co", GITHUB: "https://github.com"}
TITLES = {HUGGINGFACE: "Hugging Face", GITHUB: "GitHub", UPLOAD: "The upload"}
TYPES = ("model", "dataset", "code")
MAX_URL_LENGTH = 2_000

_PUBLIC_HOSTS = {
    "huggingface.co": HUGGINGFACE,
    "www.huggingface.co": HUGGINGFACE,
    "hf.co": HUGGINGFACE,
    "github.com": GITHUB,
    "www.github.com": GITHUB,
}
_UPLOAD_URL = re.compile(rf"{UPLOAD}:([0-9a-f]{{64}})")
_DEFAULT_PORTS = {"https": 443, "http": 80}

# https://huggingface.co/docs/huggingface_hub/package_reference/utilities#huggingface_hub.utils.validate_repo_id
_HF_NAME = re.compile(
    r"(?!.*(?:--|\.\.))[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?", re.ASCII
)
_GITHUB_OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})", re.ASCII)
_GITHUB_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}", re.ASCII)
# A subset of what git-check-ref-format allows, without anything a shell or a path could use.
_REVISION = re.compile(
    r"(?!.*(?:\.\.|//|/\.|\.lock(?:/|$)))[A-Za-z0-9_][A-Za-z0-9_.+@/-]{0,199}(?<![./])", re.ASCII
)
# Pages of the hubs that look like repositories.
_HF_PAGES = frozenset(
    "api blog chat collections course docs enterprise inference join kernels learn login logout"
    " models new notifications organizations papers posts pricing search settings spaces storage"
    " tasks terms-of-service privacy buckets".split()
)
_GITHUB_PAGES = frozenset(
    "about account apps collections contact customer-stories enterprise events explore features"
    " issues join login logout marketplace new notifications orgs organizations pricing pulls"
    " readme search security sessions settings site sponsors stars team topics trending users"
    " watching".split()
)
# What follows a repository in the addresses of its own pages.
_HF_SUBPAGES = frozenset(
    "tree blob resolve raw commit commits discussions edit viewer settings activity blame".split()
)


@dataclass(frozen=True, slots=True)
class Place:
    """What a pasted URL means. ``revision`` is '' where the URL names none."""

    source: str
    type: str
    repo: str
    revision: str
    url: str
    name: str

    @property
    def key(self) -> str:
        """The same for every spelling of one repository: both hubs ignore letter case."""
        return self.url.casefold()


@dataclass(frozen=True, slots=True)
class _Base:
    source: str
    scheme: str
    host: str
    port: int
    prefix: tuple[str, ...] = ()


def recognise(url: str, *, type: str | None = None) -> Place:
    """The place that ``url`` names; ``UnrecognisedUrl`` says what is wrong with any other."""
    if type is not None and type not in TYPES:
        raise UnrecognisedUrl(reason=f"There is no type {type!r}, only model, dataset and code.")
    base, segments = _locate(url)
    if base.source == HUGGINGFACE:
        found, repo, revision = _huggingface(segments)
    else:
        found, repo, revision = _github(segments)
    return _place(base.source, found, repo, revision, wanted=type)


def recall(url: str, *, type: str) -> Place:
    """The place of a canonical URL that a row of ours holds; uploads have one as well."""
    found = _UPLOAD_URL.fullmatch(url)
    return upload(found[1], type=type) if found else recognise(url, type=type)


def upload(manifest_sha256: str, *, type: str) -> Place:
    """Where uploaded files are: under the digest of their manifest, in our own storage.

    Nobody can paste such an address: ``recognise`` does not know it.
    """
    return Place(
        source=UPLOAD,
        type=type,
        repo=manifest_sha256,
        revision=manifest_sha256[:40],
        url=f"{UPLOAD}:{manifest_sha256}",
        name=manifest_sha256[:12],
    )


def place(source: str, type: str, repo: str, revision: str = "") -> Place:
    """The place of a repository that is known by its name, checked like a pasted one."""
    segments = repo.split("/")
    if source == HUGGINGFACE:
        _, repo, _ = _huggingface(["datasets", *segments] if type == "dataset" else segments)
    else:
        _, repo, _ = _github(segments)
    return _place(source, type, repo, revision, wanted=None)


def _place(source: str, found: str, repo: str, revision: str, *, wanted: str | None) -> Place:
    if wanted and wanted != found and source == HUGGINGFACE:
        raise UnrecognisedUrl(
            reason=f"This is the address of a {found} on Hugging Face, not of a {wanted}."
        )
    prefix = "datasets/" if source == HUGGINGFACE and found == "dataset" else ""
    return Place(
        source=source,
        type=wanted or found,
        repo=repo,
        revision=revision,
        url=f"{PUBLIC_URL[source]}/{prefix}{repo}",
        name=repo.rpartition("/")[2],
    )


def _locate(url: str) -> tuple[_Base, list[str]]:
    parts = _split(url.strip(" \t\r\n") if len(url) <= MAX_URL_LENGTH else url)
    segments = parts.path.split("/")[1:]
    while segments and not segments[-1]:
        segments.pop()
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    try:
        port = parts.port or _DEFAULT_PORTS.get(scheme, 0)
    except ValueError:
        port = 0
    for base in _bases():
        if (base.scheme, base.host, base.port) == (scheme, host, port) and base.prefix == tuple(
            segments[: len(base.prefix)]
        ):
            return base, segments[len(base.prefix) :]
    if host in _PUBLIC_HOSTS and scheme != "https":
        raise UnrecognisedUrl(reason=f"Only https addresses are read: https://{host}{parts.path}")
    raise UnrecognisedUrl(
        reason="Only repositories of huggingface.co and github.com are understood, for example "
        "https://huggingface.co/openai/whisper-tiny or https://github.com/openai/whisper."
    )


def _split(url: str) -> SplitResult:
    if len(url) > MAX_URL_LENGTH:
        raise UnrecognisedUrl(reason=f"An address has at most {MAX_URL_LENGTH} characters.")
    if "\\" in url or any(ord(letter) <= 32 or ord(letter) >= 127 for letter in url):
        raise UnrecognisedUrl(
            reason="The address holds spaces, backslashes or letters that addresses do not have."
        )
    try:
        parts = urlsplit(url)
    except ValueError as exc:
        raise UnrecognisedUrl(reason=f"This is not an address: {exc}.") from exc
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise UnrecognisedUrl(reason="The address holds a user name or password; leave it out.")
    return parts


def _bases() -> list[_Base]:
    """The configured endpoints before the public hosts, longer paths before shorter ones."""
    configured = [
        _configured(GITHUB, settings.GITHUB_URL),
        _configured(HUGGINGFACE, settings.HF_ENDPOINT),
    ]
    configured.sort(key=lambda base: -len(base.prefix))
    public = [_Base(source, "https", host, 443) for host, source in _PUBLIC_HOSTS.items()]
    return configured + public


def _configured(source: str, endpoint: str) -> _Base:
    parts = urlsplit(endpoint)
    prefix = tuple(segment for segment in parts.path.split("/") if segment)
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    return _Base(source, parts.scheme, (parts.hostname or "").lower(), port, prefix)


def _huggingface(segments: Sequence[str]) -> tuple[str, str, str]:
    found, rest = "model", list(segments)
    if rest and rest[0].lower() == "datasets":
        found, rest = "dataset", rest[1:]
    if not rest:
        raise UnrecognisedUrl(reason=f"The address names no {found}.")
    if rest[0].lower() in _HF_PAGES:
        raise UnrecognisedUrl(
            reason=f"huggingface.co/{rest[0]} is a page of the site, not a model or dataset."
        )
    length = 1 if len(rest) == 1 or rest[1] in _HF_SUBPAGES else 2
    names, rest = rest[:length], rest[length:]
    names[-1] = names[-1].removesuffix(".git")
    for name in names:
        if not _HF_NAME.fullmatch(name):
            raise UnrecognisedUrl(reason=f"{name!r} cannot be a name on Hugging Face.")
    branch = _revision(rest, "Hugging Face")
    # A slash in a branch arrives encoded (refs%2Fpr%2F1); what follows the branch is a folder.
    length = 3 if branch[:1] == ["refs"] else 1
    return found, "/".join(names), checked_revision(unquote("/".join(branch[:length])))


def _github(segments: Sequence[str]) -> tuple[str, str, str]:
    if len(segments) < 2 or segments[0].lower() in _GITHUB_PAGES:
        raise UnrecognisedUrl(
            reason="A GitHub repository has the form https://github.com/owner/name."
        )
    owner, name, *rest = segments
    name = name.removesuffix(".git")
    if not _GITHUB_OWNER.fullmatch(owner):
        raise UnrecognisedUrl(reason=f"{owner!r} cannot be an owner on GitHub.")
    if not _GITHUB_NAME.fullmatch(name):
        raise UnrecognisedUrl(reason=f"{name!r} cannot be the name of a repository on GitHub.")
    # A branch may hold slashes, so only the repository knows where its name ends.
    return "code", f"{owner}/{name}", checked_revision(unquote("/".join(_revision(rest, "GitHub"))))


def _revision(rest: Sequence[str], title: str) -> list[str]:
    if rest and (rest[0] != "tree" or len(rest) < 2):
        raise UnrecognisedUrl(
            reason=f"The address points into a repository on {title} (/{rest[0]}); give that of "
            "the repository itself, or of one of its revisions (/tree/<revision>)."
        )
    return list(rest[1:])


def checked_revision(revision: str) -> str:
    """``revision`` as it is; ``UnrecognisedUrl`` for what no branch, tag or commit is called."""
    if revision and not _REVISION.fullmatch(revision):
        raise UnrecognisedUrl(reason=f"{revision!r} cannot be a branch, tag or commit.")
    return revision

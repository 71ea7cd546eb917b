"""Who is who in a history: aliases of one person merged, programs told from people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Sequence

from artifacts.facts import Identity

# Names and addresses that many strangers share: they say nothing about who someone is.
_GENERIC_NAMES = frozenset(
    "unknown root user users admin administrator ubuntu debian git github gitlab none nobody me"
    " test tester dev developer anonymous guest default name username owner vagrant pi ec2 ec2user"
    " centos localhost jenkins runner build system author yourname noname noauthor"
    " notcommittedyet firstlast".split()
)
_GENERIC_LOCAL_PARTS = frozenset(
    "none nobody root noreply no-reply donotreply unknown user you your email example test".split()
)
_GENERIC_HOSTS = re.compile(
    r"(?:^|\.)(?:localhost|localdomain|local|\(none\)|none|example\.(?:com|org|net)|invalid"
    r"|unknown|lan|internal|noreply\.com)$"
)
_GITHUB_NOREPLY = re.compile(r"^(?:\d+\+)?([^@+\s]+)@users\.noreply\.github\.com$")

_BOT_NAMES = frozenset(
    "dependabot renovate renovatebot greenkeeper pyup mergify bors homu travis codecov"
    " imgbot snyk semantic-release allcontributors github-actions weblate transifex"
    " sfconvertbot parquet-converter librarian-bots huggingfacedocbuilder"
    " huggingfacedocbuilderdev web-flow k8s-ci-robot googlebot tensorflower-gardener"
    " tensorflow-jenkins rust-timer facebook-github-bot copybara-service copybara circleci"
    " deepsource-autofix restyled-io lgtm-com stale whitesource gitbook".split()
)
_BOT_WORD = re.compile(r"(?:^|[^a-z])(?:ro)?bots?(?:$|[^a-z])|\[bot\]|(?:-|_)(?:ci|autobuild)$")


def is_bot(identity: Identity) -> bool:
    """Whether a program writes under this identity.

    By the forms programs use: ``[bot]``, the word "bot" by itself, or a well known name.
    """
    name = identity.name.strip().casefold()
    local = identity.email.strip().casefold().partition("@")[0].rpartition("+")[2]
    return any(
        word in _BOT_NAMES or _BOT_WORD.search(word) is not None
        for word in (name, name.replace(" ", "-"), local)
        if word
    )


def merge_aliases(identities: Sequence[Identity]) -> tuple[int, ...]:
    """The person behind each identity, as the index of that person's first identity.

    Two identities are one person when they share an e-mail address or a name. Addresses
    and names that strangers share (root, localhost, noreply) join nobody.
    """
    leader = list(range(len(identities)))

    def find(index: int) -> int:
        while leader[index] != index:
            leader[index] = leader[leader[index]]
            index = leader[index]
        return index

    seen: dict[Hashable, int] = {}
    for index, identity in enumerate(identities):
        for key in _keys(identity):
            first, other = find(seen.setdefault(key, index)), find(index)
            leader[max(first, other)] = min(first, other)
    return tuple(find(index) for index in range(len(identities)))


def _keys(identity: Identity) -> list[Hashable]:
    name = _normal_name(identity.name)
    email = identity.email.strip().strip("<>").casefold()
    keys: list[Hashable] = [("exactly", name, email)]
    if name and name not in _GENERIC_NAMES:
        keys.append(("name", name))
    account = _GITHUB_NOREPLY.match(email)
    if account:
        keys.append(("account", account.group(1)))
    elif _says_who(email):
        keys.append(("email", email))
    return keys


def _normal_name(name: str) -> str:
    """The letters and digits of a name: "José Paz", "jose.paz" and "JosePaz" are one."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(character for character in plain if character.isalnum())


def _says_who(email: str) -> bool:
    local, at, host = email.rpartition("@")
    return bool(
        at and local and local not in _GENERIC_LOCAL_PARTS and not _GENERIC_HOSTS.search(host)
    )

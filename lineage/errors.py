"""Errors of lineage and cost, each with a stable code."""

from __future__ import annotations

from common.errors import RegistryError


class OwnParent(RegistryError):
    code = "own_parent"
    message = "{name} cannot be its own parent."
    status = 400


class LinkExists(RegistryError):
    code = "link_exists"
    message = "{child} already has {parent} as {relationship}, added by hand."
    status = 409


class LinkFromFiles(RegistryError):
    code = "link_from_files"
    message = (
        "This link was read from {place} of the files; only links added by hand can be removed."
    )
    status = 409

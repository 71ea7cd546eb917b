"""What a source said, frozen: the only thing that metrics, licence rules and lineage see.

Every value here was read at one pinned revision. Nothing here is an opinion. A field
that the source does not state stays empty; where reading failed, the matching
``*_problem`` says why, so that nobody takes silence for absence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from artifacts.facts import json_form
from artifacts.facts.page_addresses import PageAddresses


@dataclass(frozen=True, slots=True)
class FileFact:
    """One file of the listing. ``size_bytes`` is None where the source does not say."""

    path: str
    size_bytes: int | None = None
    git_sha1: str = ""
    sha256: str = ""
    is_lfs: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """Something this artifact names: a dataset, a repository, a base model, a paper.

    ``kind`` is one of dataset, code, model, paper, demo. ``name`` is as written, ``url`` is
    canonical where it could be recognised. ``relationship`` uses the words of lineage
    (base_model, adapter, quantized, merge, training_dataset, evaluation_dataset, code).
    ``exists`` is what the source answered when asked, None when nobody asked.
    """

    kind: str
    name: str
    url: str = ""
    relationship: str = ""
    seen_in: str = ""
    path: str = ""
    line: int | None = None
    exists: bool | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """What the header of one weight file says: parameters per dtype, and its metadata."""

    path: str
    format: str  # safetensors or gguf
    parameters: int
    dtypes: Mapping[str, int] = field(default_factory=dict)
    tensors: int = 0
    data_bytes: int = 0
    metadata: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """An author exactly as the history writes it; merging aliases is judgement."""

    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class FileAuthorship:
    """Who made one file that exists at the pinned revision, renames followed.

    ``creator`` and the keys of ``deliveries`` index ``History.identities``; a delivery is
    one non-merge commit that changed the file, the creating one included. A path can be
    added more than once (after a deletion, or on two branches that were merged):
    ``added_again`` has one identity per later addition, each counted in ``deliveries`` too.
    """

    path: str
    creator: int
    deliveries: tuple[tuple[int, int], ...] = ()
    added_again: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CommitSample:
    """One commit shown as evidence, and how it was seen to be reviewed ('' when it was not)."""

    sha: str
    subject: str
    author: str = ""
    review: str = ""
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Review:
    """Changed source lines of the default branch, and those a second person looked at."""

    lines: int = 0
    reviewed_lines: int = 0
    commits: int = 0
    reviewed_commits: int = 0
    by_kind: Mapping[str, int] = field(default_factory=dict)  # reviewed lines per way of review
    samples: tuple[CommitSample, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """The commits behind the pinned revision, condensed while they streamed by."""

    commits: int = 0
    merges: int = 0
    first: str = ""  # ISO 8601, UTC
    last: str = ""
    identities: tuple[Identity, ...] = ()
    commits_by_identity: tuple[int, ...] = ()  # same order; merges not counted
    files: tuple[FileAuthorship, ...] = ()  # empty where the source has no per-file history
    review: Review | None = None
    is_complete: bool = True
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CodeSurvey:
    """What static tools counted in the source files. Nothing was imported or executed."""

    files: int = 0
    lines: int = 0  # code lines without blanks, all languages
    lines_by_language: Mapping[str, int] = field(default_factory=dict)
    python_files: int = 0
    python_lines: int = 0
    unparsable: tuple[str, ...] = ()
    findings: Mapping[str, int] = field(default_factory=dict)  # ruff rule -> count
    blocks: int = 0  # functions and methods measured for complexity
    complexity_mean: float | None = None
    complex_blocks: int = 0  # cyclomatic complexity above 10
    worst_blocks: tuple[tuple[str, int], ...] = ()  # ("path:line name", complexity)
    functions: int = 0
    typed_functions: int = 0
    documented_functions: int = 0
    test_files: tuple[str, ...] = ()
    test_lines: int = 0
    ci_files: tuple[str, ...] = ()
    dependency_files: tuple[str, ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)  # tool -> version
    is_complete: bool = True  # False where there is more code than is surveyed
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Popularity:
    """Shown beside a rating, never scored. None where the source does not say."""

    downloads: int | None = None
    likes: int | None = None
    stars: int | None = None


@dataclass(frozen=True, slots=True)
class ParentScore:
    """A rated parent in the lineage at the moment of rating."""

    name: str
    net_score: float | None
    relationship: str = "base_model"
    distance: int = 1
    url: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything one source said about one artifact at one revision.

    ``documents`` holds the texts of small files that judgement reads (licences,
    configs, requirements, notebooks), by path. ``linked`` holds the facts of the
    datasets and code repositories named here, each at its own pinned revision.
    """

    type: str  # model, dataset or code
    url: str  # canonical
    revision: str  # 40 hex
    name: str = ""
    source: str = ""  # the name of the source, one of those that are registered
    pages: PageAddresses = field(default_factory=PageAddresses)
    description: str = ""
    created: str = ""
    modified: str = ""
    readme: str | None = None  # the whole decoded text, front matter included
    readme_path: str = ""
    readme_problem: str = ""
    card: Mapping[str, Any] = field(default_factory=dict)  # the front matter
    card_problem: str = ""
    metadata_license: str = ""  # what the hub's own metadata states
    license_problem: str = ""
    tags: tuple[str, ...] = ()
    files: tuple[FileFact, ...] = ()
    documents: Mapping[str, str] = field(default_factory=dict)
    documents_problem: str = ""
    weights: tuple[Weights, ...] = ()
    references: tuple[Reference, ...] = ()
    history: History | None = None
    history_problem: str = ""
    survey: CodeSurvey | None = None
    popularity: Popularity = field(default_factory=Popularity)
    notes: tuple[str, ...] = ()  # what was left out or looked odd while collecting
    has_linked: bool = False  # whether what is named here was looked for
    linked: tuple[Facts, ...] = ()
    linked_problems: Mapping[str, str] = field(default_factory=dict)  # url -> why not read
    parents: tuple[ParentScore, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, defaults left out; ``from_json`` gives the same facts back."""
        plain = json_form.plain(self)
        assert isinstance(plain, dict)  # noqa: S101 - narrows the type for the checker
        return plain

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Rebuild facts that ``to_json`` wrote; unknown keys of later versions are ignored."""
        facts = json_form.rebuild(cls, data)
        assert isinstance(facts, cls)  # noqa: S101 - narrows the type for the checker
        return facts

    def document(self, path: str) -> str | None:
        """The text of ``path`` where it was read, whatever its letter case."""
        for name, text in self.documents.items():
            if name.lower() == path.lower():
                return text
        return None

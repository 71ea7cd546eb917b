"""Facts: what a source said, and the pure readers that find it in bytes.

Nothing here knows a model, a source or the network.
"""

from artifacts.facts.records import (
    CodeSurvey,
    CommitSample,
    Facts,
    FileAuthorship,
    FileFact,
    History,
    Identity,
    ParentScore,
    Popularity,
    Reference,
    Review,
    Weights,
)

__all__ = [
    "CodeSurvey",
    "CommitSample",
    "Facts",
    "FileAuthorship",
    "FileFact",
    "History",
    "Identity",
    "ParentScore",
    "Popularity",
    "Reference",
    "Review",
    "Weights",
]

"""Licences: what is declared, what is detected, what that permits, what goes with what.

Pure functions over text and ids. Nothing heavy is loaded before it is needed.
"""

from ratings.licences.compatibility.compatible import Verdict, compatible
from ratings.licences.declared.expression import Declared, normalise
from ratings.licences.detection.detect import CERTAIN, Detection, detect, licence_paths
from ratings.licences.explain import ChainFinding, Explanation, Parent, explain, judge_chain
from ratings.licences.findings import Finding, LicenceFindings, assess
from ratings.licences.stated import findings_of
from ratings.licences.terms.categories import Obligation, Permissions, permissions

__all__ = [
    "CERTAIN",
    "ChainFinding",
    "Declared",
    "Detection",
    "Explanation",
    "Finding",
    "LicenceFindings",
    "Obligation",
    "Parent",
    "Permissions",
    "Verdict",
    "assess",
    "compatible",
    "detect",
    "explain",
    "findings_of",
    "judge_chain",
    "licence_paths",
    "normalise",
    "permissions",
]

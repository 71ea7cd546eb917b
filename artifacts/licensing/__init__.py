"""Licences: what is declared, what is detected, what that permits, what goes with what.

Pure functions over text and ids. Nothing heavy is loaded before it is needed.
"""

from artifacts.licensing.categories import Obligation, Permissions, permissions
from artifacts.licensing.compatibility import Verdict, compatible
from artifacts.licensing.detect import CERTAIN, Detection, detect, licence_paths
from artifacts.licensing.explain import ChainFinding, Explanation, Parent, explain, judge_chain
from artifacts.licensing.expression import Declared, normalise
from artifacts.licensing.findings import Finding, LicenceFindings, assess
from artifacts.licensing.stated import findings_of

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

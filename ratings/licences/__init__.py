"""Licences: what is declared, what is detected, what that permits, what goes with what.

Pure functions over text and ids. Nothing heavy is loaded before it is needed.
"""

from ratings.licences.assessment import LicenceFindings, assess, findings_of
from ratings.licences.compatibility.compatible import Compatibility, compatible
from ratings.licences.conflicts import LicenceFinding
from ratings.licences.declared.expression import Declared, normalise
from ratings.licences.detection.detect import detect, licence_paths
from ratings.licences.detection.detected import Detection
from ratings.licences.explain import ChainFinding, Explanation, Parent, explain, judge_chain
from ratings.licences.terms.of_expression import permissions
from ratings.licences.terms.of_licence import Obligation, Permissions

__all__ = [
    "ChainFinding",
    "Compatibility",
    "Declared",
    "Detection",
    "Explanation",
    "LicenceFinding",
    "LicenceFindings",
    "Obligation",
    "Parent",
    "Permissions",
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

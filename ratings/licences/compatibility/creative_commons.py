"""What Creative Commons and the FSF published about CC licences going into others."""

from __future__ import annotations

import re

from ratings.licences.compatibility import osadl
from ratings.licences.compatibility.pairs import Case, Pair, source
from ratings.licences.declared import spdx
from ratings.licences.terms.categories import CC_ID

CHART = "https://wiki.creativecommons.org/wiki/Wiki/cc_license_compatibility"
NAMED = "https://creativecommons.org/share-your-work/licensing-considerations/compatible-licenses/"
FSF_LIST = "https://www.gnu.org/licenses/license-list.html#ccby"


def chart(case: Case) -> Pair | None:
    """The chart of Creative Commons: which of its licences adapted material may be put under."""
    one, other = _cc(case.inbound), _cc(case.outbound)
    if not one or not other:
        return None
    (kind, version), (target, target_version) = one, other
    allowed = {
        "by": ("by", "by-sa", "by-nc", "by-nc-sa"),
        "by-sa": ("by-sa",),
        "by-nc": ("by-nc", "by-nc-sa"),
        "by-nc-sa": ("by-nc-sa",),
    }.get(kind, ())
    if target not in allowed:
        if "nd" in target.split("-") and kind in ("by", "by-nc"):
            return None
        reason = f"adapted {case.inbound} material may not be put under {case.outbound}"
        return case.answer("no", "cc-chart", reason, CHART)
    if "family" in (version, target_version) or float(target_version) < float(version):
        reason = f"{case.outbound} is not known to be the same version as {case.inbound} or later"
        return case.answer("unknown", "cc-chart", reason, CHART)
    if version == "1.0" and "sa" in kind and target_version != "1.0":
        reason = f"{case.inbound} knows no later versions"
        return case.answer("unknown", "cc-chart", reason, CHART)
    reason = f"adapted {case.inbound} material may be put under {case.outbound}"
    return case.answer("yes", "cc-chart", reason, CHART)


def _cc(licence: spdx.Licence) -> tuple[str, str] | None:
    found = CC_ID.fullmatch(str(licence))
    return (found["kind"].lower(), found["version"].lower()) if found else None


def attribution(case: Case) -> Pair | None:
    """CC-BY-4.0 asks for no more than CC-BY-3.0, which the matrix knows, and fits the GPL."""
    if str(case.inbound) != "CC-BY-4.0":
        return None
    if re.match(r"GPL-", case.outbound.id):
        reason = "the FSF calls CC-BY-4.0 compatible with all versions of the GPL"
        return case.answer("yes", "cc-by-into-gpl", reason, FSF_LIST)
    found = osadl.lookup(inbound="CC-BY-3.0", outbound=str(case.outbound))
    if found != "yes":
        return None
    reason = f"CC-BY-3.0 may go into {case.outbound}, and CC-BY-4.0 asks for no more"
    return case.answer("yes", "cc-by-as-3.0", reason, osadl.SOURCE)


def share_alike(case: Case) -> Pair | None:
    """CC-BY-SA-4.0 goes into the licences that Creative Commons named, and into no other."""
    one = _cc(case.inbound)
    if not one or one[0] != "by-sa":
        return None
    if str(case.inbound) == "CC-BY-SA-4.0" and str(case.outbound) in ("GPL-3.0-only", "FAL-1.3"):
        reason = f"Creative Commons named {case.outbound} a compatible licence of CC-BY-SA-4.0"
        return case.answer("yes", "cc-compatible-licences", reason, NAMED)
    if str(case.outbound) == "GPL-3.0-or-later":
        return None
    reason = f"what is made from {case.inbound} must stay under it; {case.outbound} is another"
    return case.answer("no", "share-alike", reason, source(case.given, "copyleft"))

"""What Creative Commons and the FSF published about CC licences going into others."""

from __future__ import annotations

from ratings.licences.compatibility import osadl
from ratings.licences.compatibility.pairs import Case, Pair
from ratings.licences.data.tables import table
from ratings.licences.declared import spdx
from ratings.licences.terms.of_licence import CC_ID


def chart(case: Case) -> Pair | None:
    """The chart of Creative Commons: which of its licences adapted material may be put under."""
    one, other = _cc(case.inbound), _cc(case.outbound)
    if not one or not other:
        return None
    (kind, version), (target, target_version) = one, other
    if target not in table("rules")["cc_chart"]["kinds"].get(kind, ()):
        if "nd" in target.split("-") and kind in ("by", "by-nc"):
            return None
        return case.decided("cc-chart, other kind")
    if "family" in (version, target_version) or float(target_version) < float(version):
        return case.decided("cc-chart, version")
    if version == "1.0" and "sa" in kind and target_version != "1.0":
        return case.decided("cc-chart, first version")
    return case.decided("cc-chart")


def _cc(licence: spdx.Licence) -> tuple[str, str] | None:
    found = CC_ID.fullmatch(str(licence))
    return (found["kind"].lower(), found["version"].lower()) if found else None


def attribution(case: Case) -> Pair | None:
    """CC-BY-4.0 asks for no more than CC-BY-3.0, which the matrix knows, and fits the GPL."""
    if str(case.inbound) != "CC-BY-4.0":
        return None
    if case.outbound.id.startswith("GPL-"):
        return case.decided("cc-by-into-gpl")
    is_known = osadl.lookup(inbound="CC-BY-3.0", outbound=str(case.outbound)) == "yes"
    return case.decided("cc-by-as-3.0") if is_known else None


def share_alike(case: Case) -> Pair | None:
    """CC-BY-SA-4.0 goes into the licences that Creative Commons named, and into no other."""
    one = _cc(case.inbound)
    if not one or one[0] != "by-sa":
        return None
    if str(case.inbound) == "CC-BY-SA-4.0" and str(case.outbound) in ("GPL-3.0-only", "FAL-1.3"):
        return case.decided("cc-compatible-licences")
    return None if str(case.outbound) == "GPL-3.0-or-later" else case.decided("share-alike")

"""Compatibility rules for one licence going into one other, in the order of asking.

``docs/licences.md`` explains each under its id. A rule answers or passes; when all pass, nobody
knows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from ratings.licences.compatibility import creative_commons, osadl
from ratings.licences.compatibility.pairs import Case, Pair, Use, source
from ratings.licences.declared import spdx
from ratings.licences.declared.agreement import FAMILIES
from ratings.licences.terms.categories import LOOSENING, permissions

GPL_FURTHER = "GPL-3.0 section 10 and GPL-2.0 section 6: no further restrictions"
OPEN = frozenset(
    "public-domain permissive weak-copyleft copyleft share-alike network-copyleft".split()
)
# Licences that say in their own text that a derived work may carry other terms.
SUBLICENSABLE = frozenset(
    "MIT MIT-0 0BSD ISC BSD-2-Clause BSD-3-Clause BSD-3-Clause-Clear BSL-1.0 Zlib X11"
    " PostgreSQL NCSA UPL-1.0 Apache-2.0 AFL-3.0"
    " LicenseRef-openmdw-1.0 LicenseRef-openmdw-1.1".split()
)
FREE_DATA = frozenset(
    "CDLA-Permissive-1.0 CDLA-Permissive-2.0 ODC-By-1.0 O-UDA-1.0 etalab-2.0".split()
)
RESULTS_FREE = {
    "CDLA-Sharing-1.0": "section 3.5: results computed from the data are free",
    "CDLA-Permissive-1.0": "section 3.4: results computed from the data are free",
    "CDLA-Permissive-2.0": "section 3: results computed from the data are free",
    "C-UDA-1.0": "section 2: computational use, results are free",
    "O-UDA-1.0": "section 2: use of the data",
}


Rule = Callable[[Case], Pair | None]


@lru_cache(maxsize=4096)
def judge(inbound: spdx.Licence, outbound: spdx.Licence, use: Use) -> Pair:
    """The first rule that answers; unknown when none does."""
    case = Case(_plain(inbound), _plain(outbound), use)
    for rule in RULES[use]:
        found = rule(case)
        if found:
            return found
    return case.answer(
        "unknown", "no-rule", f"no rule says whether {inbound} may go into {outbound}", ""
    )


def _plain(licence: spdx.Licence) -> spdx.Licence:
    """ "This version or a later one" includes this version."""
    return spdx.Licence(licence.id.removesuffix("+"), licence.exception)


def terms_unknown(case: Case) -> Pair | None:
    for licence, side in ((case.inbound, "model's"), (case.outbound, "project's")):
        known = permissions(str(licence)).is_known or osadl.knows(str(licence))
        if not known:
            reason = f"the terms of the {side} licence {licence} are not known to us"
            return case.answer("unknown", "terms-unknown", reason, "")
    return None


def no_derivatives(case: Case) -> Pair | None:
    """What may not be changed or passed on cannot be fine-tuned for a project."""
    for name, words in (("fine_tuning", "be changed"), ("redistribution", "be passed on")):
        fact = next((f for f in case.given.facts if f.name == name), None)
        if fact and fact.value is False:
            reason = f"{case.inbound} does not let what is made from it {words}"
            return case.answer("no", "no-derivatives", reason, fact.source)
    return None


def same_licence(case: Case) -> Pair | None:
    if case.inbound != case.outbound or str(case.inbound).endswith("-family"):
        return None
    if case.inbound.id == "LicenseRef-openrail":
        return None
    reason = f"both are under {case.inbound}"
    return case.answer("yes", "same-licence", reason, f"the terms of {case.inbound}")


def osadl_matrix(case: Case) -> Pair | None:
    found = osadl.lookup(inbound=str(case.inbound), outbound=str(case.outbound))
    if found is None:
        return None
    words = {"yes": "may go into", "no": "may not go into", "unknown": "may or may not go into"}
    reason = f"{case.inbound} {words[found]} a work under {case.outbound}"
    return case.answer(found, "osadl-matrix", reason, osadl.SOURCE)


def family_of_versions(case: Case) -> Pair | None:
    """A family without a version gets an answer where all its versions have the same."""
    pairs = [
        osadl.lookup(inbound=one, outbound=other)
        for one in _members(case.inbound)
        for other in _members(case.outbound)
    ]
    is_family = str(case.inbound) in FAMILIES or str(case.outbound) in FAMILIES
    if not is_family or not pairs or None in pairs:
        return None
    answers = set(pairs)
    reason = f"every version of {case.inbound} has this answer for every one of {case.outbound}"
    if len(answers) == 1 and (only := answers.pop()):
        return case.answer(only, "family-of-versions", reason, osadl.SOURCE)
    reason = f"versions differ between {case.inbound} and {case.outbound}"
    return case.answer("unknown", "family-of-versions", reason, osadl.SOURCE)


def _members(licence: spdx.Licence) -> list[str]:
    """The licences of the matrix that a family name may stand for; else the licence itself."""
    starts = FAMILIES.get(str(licence))
    if not starts:
        return [str(licence)]
    return [known for known in osadl.matrix() if known.startswith(starts) and "WITH" not in known]


def exception_on_top(case: Case) -> Pair | None:
    """An exception only adds permissions: inbound it can help, outbound it gives more away."""
    where = f"https://spdx.org/licenses/{case.inbound.exception or case.outbound.exception}.html"
    if case.inbound.exception:
        base = judge(spdx.Licence(case.inbound.id), case.outbound, case.use)
        if base.answer == "yes":
            reason = f"{base.reason}, even without the exception"
            return case.answer("yes", "exception-on-top", reason, base.source)
        if case.inbound.exception in LOOSENING:
            reason = f"{case.inbound.exception} may or may not cover this use"
            return case.answer("unknown", "exception-on-top", reason, where)
        reason = f"{base.reason}; what {case.inbound.exception} adds is not known to us"
        return case.answer("unknown", "exception-on-top", reason, where)
    if case.outbound.exception:
        base = judge(case.inbound, spdx.Licence(case.outbound.id), case.use)
        if base.answer == "no" or case.given.category in ("public-domain", "permissive"):
            return case.answer(base.answer, "exception-on-top", base.reason, base.source)
        reason = f"{case.outbound} permits more than {case.inbound} may give away"
        return case.answer("unknown", "exception-on-top", reason, where)
    return None


def public_domain(case: Case) -> Pair | None:
    if case.given.category != "public-domain":
        return None
    reason = f"{case.inbound} asks for nothing in return"
    return case.answer("yes", "public-domain", reason, source(case.given, "copyleft"))


def non_commercial(case: Case) -> Pair | None:
    """A licence that lets people earn money cannot be given to what nobody may earn money with."""
    if case.given.commercial is not False or case.wanted.commercial is not True:
        return None
    reason = f"{case.inbound} forbids commercial use, {case.outbound} permits it"
    return case.answer("no", "non-commercial", reason, source(case.given, "commercial"))


def terms_travel(case: Case) -> Pair | None:
    """Restrictions of use that must be passed on do not fit into an open licence."""
    if case.given.copyleft != "terms-travel" or case.wanted.category not in OPEN:
        return None
    reason = (
        f"{case.inbound} must be passed on with everything made from it, and {case.outbound} cannot"
        f" carry its restrictions (the code may stay under {case.outbound} if the fine-tuned model"
        f" is given out under {case.inbound})"
    )
    where = source(case.given, "copyleft")
    if case.wanted.copyleft in ("strong", "network"):
        where = f"{where}; {GPL_FURTHER}"
    return case.answer("no", "terms-travel", reason, where)


def copyleft(case: Case) -> Pair | None:
    """What is under the GPL stays under the GPL."""
    if case.given.copyleft not in ("strong", "network"):
        return None
    if case.wanted.copyleft in ("strong", "network", "weak", ""):
        return None
    reason = f"what is made from {case.inbound} must stay under it; {case.outbound} is another"
    return case.answer("no", "copyleft", reason, source(case.given, "copyleft"))


def permissive(case: Case) -> Pair | None:
    """Notices kept, a permissive work may become part of one under other terms."""
    if case.given.category != "permissive" or case.wanted.category == "public-domain":
        return None
    may = str(case.inbound) in SUBLICENSABLE
    if may and case.wanted.copyleft not in ("strong", "network", "weak"):
        reason = f"{case.inbound} lets derived works carry other terms when its notices are kept"
        return case.answer("yes", "permissive", reason, f"the terms of {case.inbound}")
    if str(case.inbound) in FREE_DATA and case.wanted.category == "permissive":
        reason = f"{case.inbound} asks for attribution only, which {case.outbound} leaves room for"
        return case.answer("yes", "attribution-only", reason, source(case.given, "copyleft"))
    return None


def restrictions_stay(case: Case) -> Pair | None:
    """Restrictions of use that a licence keeps without saying how they travel."""
    if not case.given.use_restrictions:
        return None
    reason = (
        f"{case.inbound} restricts how the model may be used, and nobody has published whether"
        f" {case.outbound} may carry that"
    )
    where = source(case.given, "use_restrictions")
    return case.answer("unknown", "restrictions-stay", reason, where)


def database(case: Case) -> Pair | None:
    """Share-alike licences of data: whether a model is a database is not settled."""
    if case.given.copyleft != "share-alike":
        return None
    reason = (
        f"{case.inbound} asks that derived data stay under it; whether a model is derived data is"
        " not settled"
    )
    return case.answer("unknown", "database-unsettled", reason, source(case.given, "copyleft"))


def run_only(case: Case) -> Pair | None:
    """Running a model makes nothing that would have to be under its licence."""
    if case.given.commercial is False and case.wanted.commercial is not False:
        reason = f"{case.inbound} forbids commercial use, {case.outbound} does not"
        return case.answer("no", "non-commercial", reason, source(case.given, "commercial"))
    if case.given.commercial is None:
        return None
    reason = f"{case.inbound} permits running the model"
    return case.answer("yes", "run-only", reason, source(case.given, "commercial"))


def training_data(case: Case) -> Pair | None:
    """Data under which a model may be trained: where the licence speaks of results, it decides."""
    said = RESULTS_FREE.get(str(case.inbound))
    if said:
        reason = f"{case.inbound} leaves results free"
        return case.answer("yes", "results-free", reason, f"{case.inbound}, {said}")
    if case.given.category in ("public-domain", "permissive"):
        reason = f"{case.inbound} permits any use of the data when its notices are kept"
        return case.answer("yes", "open-data", reason, source(case.given, "fine_tuning"))
    if case.given.category == "proprietary":
        reason = f"{case.inbound} grants nothing"
        return case.answer("no", "no-derivatives", reason, source(case.given, "fine_tuning"))
    reason = f"whether a model is derived from {case.inbound} data is not settled"
    return case.answer("unknown", "training-unsettled", reason, "")


RULES: dict[Use, tuple[Rule, ...]] = {
    "fine-tune+inference": (
        no_derivatives,
        terms_unknown,
        same_licence,
        osadl_matrix,
        family_of_versions,
        exception_on_top,
        public_domain,
        non_commercial,
        terms_travel,
        creative_commons.chart,
        creative_commons.attribution,
        creative_commons.share_alike,
        copyleft,
        permissive,
        restrictions_stay,
        database,
    ),
    "inference": (terms_unknown, same_licence, run_only),
    "training": (terms_unknown, training_data),
}

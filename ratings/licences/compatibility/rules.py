"""Compatibility rules for one licence going into one other, in the order of asking.

``docs/licences.md`` explains each under its id, ``data/rules.json`` holds what they answer. A rule
answers or passes; when all pass, nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from ratings.licences.compatibility import creative_commons, osadl
from ratings.licences.compatibility.pairs import Case, Pair, Use
from ratings.licences.data.tables import table
from ratings.licences.declared import spdx
from ratings.licences.declared.agreement import family_members
from ratings.licences.terms.of_expression import permissions
from ratings.licences.terms.of_licence import is_loosening

GPL_FURTHER = "GPL-3.0 section 10 and GPL-2.0 section 6: no further restrictions"
OPEN = frozenset(
    "public-domain permissive weak-copyleft copyleft share-alike network-copyleft".split()
)

Rule = Callable[[Case], Pair | None]


@lru_cache(maxsize=4096)
def judge(inbound: spdx.Licence, outbound: spdx.Licence, use: Use) -> Pair:
    """The first rule that answers; unknown when none does."""
    case = Case(_plain(inbound), _plain(outbound), use)
    for rule in RULES[use]:
        found = rule(case)
        if found:
            return found
    return case.decided("no-rule", inbound=inbound, outbound=outbound)


def _plain(licence: spdx.Licence) -> spdx.Licence:
    """ "This version or a later one" includes this version."""
    return spdx.Licence(licence.id.removesuffix("+"), licence.exception)


def terms_unknown(case: Case) -> Pair | None:
    for licence, side in ((case.inbound, "model's"), (case.outbound, "project's")):
        if not (permissions(str(licence)).is_known or osadl.knows(str(licence))):
            return case.decided("terms-unknown", side=side, licence=licence)
    return None


def no_derivatives(case: Case) -> Pair | None:
    """What may not be changed or passed on cannot be fine-tuned for a project."""
    if case.given.fine_tuning is False:
        return case.decided("no-derivatives", said_in="fine_tuning", words="be changed")
    if case.given.redistribution is False:
        return case.decided("no-derivatives", said_in="redistribution", words="be passed on")
    return None


def same_licence(case: Case) -> Pair | None:
    if case.inbound != case.outbound or str(case.inbound).endswith("-family"):
        return None
    is_precise = case.inbound.id != "LicenseRef-openrail"
    return case.decided("same-licence") if is_precise else None


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
    is_family = family_members(str(case.inbound)) or family_members(str(case.outbound))
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
    starts = family_members(str(licence))
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
        if is_loosening(case.inbound.exception):
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
    return case.decided("public-domain") if case.given.category == "public-domain" else None


def non_commercial(case: Case) -> Pair | None:
    """A licence that lets people earn money cannot be given to what nobody may earn money with."""
    forbids = case.given.commercial is False and case.wanted.commercial is True
    return case.decided("non-commercial") if forbids else None


def terms_travel(case: Case) -> Pair | None:
    """Restrictions of use that must be passed on do not fit into an open licence."""
    if case.given.copyleft != "terms-travel" or case.wanted.category not in OPEN:
        return None
    found = case.decided("terms-travel")
    if case.wanted.copyleft in ("strong", "network"):
        return replace(found, source=f"{found.source}; {GPL_FURTHER}")
    return found


def copyleft(case: Case) -> Pair | None:
    """What is under the GPL stays under the GPL."""
    stays = case.given.copyleft in ("strong", "network")
    may = case.wanted.copyleft in ("strong", "network", "weak", "")
    return case.decided("copyleft") if stays and not may else None


def permissive(case: Case) -> Pair | None:
    """Notices kept, a permissive work may become part of one under other terms."""
    if case.given.category != "permissive" or case.wanted.category == "public-domain":
        return None
    may = str(case.inbound) in table("rules")["sublicensable"]["licences"]
    if may and case.wanted.copyleft not in ("strong", "network", "weak"):
        return case.decided("permissive")
    is_data = str(case.inbound) in table("rules")["free_data"]["licences"]
    if is_data and case.wanted.category == "permissive":
        return case.decided("attribution-only")
    return None


def restrictions_stay(case: Case) -> Pair | None:
    """Restrictions of use that a licence keeps without saying how they travel."""
    return case.decided("restrictions-stay") if case.given.use_restrictions else None


def database(case: Case) -> Pair | None:
    """Share-alike licences of data: whether a model is a database is not settled."""
    return case.decided("database-unsettled") if case.given.copyleft == "share-alike" else None


def run_only(case: Case) -> Pair | None:
    """Running a model makes nothing that would have to be under its licence."""
    if case.given.commercial is False and case.wanted.commercial is not False:
        return case.decided("non-commercial, running")
    return None if case.given.commercial is None else case.decided("run-only")


def training_data(case: Case) -> Pair | None:
    """Data under which a model may be trained: where the licence speaks of results, it decides."""
    if said := table("rules")["results_free"]["licences"].get(str(case.inbound)):
        return case.decided("results-free", said=said)
    if case.given.category in ("public-domain", "permissive"):
        return case.decided("open-data")
    if case.given.category == "proprietary":
        return case.decided("no-derivatives, training")
    return case.decided("training-unsettled")


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

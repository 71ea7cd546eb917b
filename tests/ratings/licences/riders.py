"""Licence texts with terms of their own, in every place where people put them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HUB = ROOT / "tests" / "hub" / "data"
MIT = (ROOT / "LICENSE").read_text()
APACHE = (HUB / "LICENSE-Apache-2.0.txt").read_text()
CC_BY = (HUB / "LICENSE-CC-BY-4.0.txt").read_text()

# Not the words that ratings/licences/data/wording.json was written with.
WORDINGS = (
    "The model is for non-commercial research.",
    "You may not resell it.",
    "Firms with more than 500 people have to talk to us before they use it.",
    "Earning anything with this is not what we want.",
    "Schools and universities only.",
    "Anyone can play with it at home; offices need a contract.",
    "It stays out of weapons.",
    "Hospitals beware.",
    "Hands off, car makers!",
    "Above 100 million monthly users the name Acme has to be on the screen.",
    "Not licensed in some countries.",
    "La vente est interdite.",
    "Gewerbliche Nutzung ist untersagt.",
    "仅供学习使用",
)


def after_paragraph(text: str, words: str, holding: str) -> str:
    end = text.index("\n\n", text.index(holding))
    return f"{text[:end]}\n\n{words}{text[end:]}"


PLACES: dict[str, Callable[[str], str]] = {
    "below MIT": lambda words: f"{MIT}\n{words}\n",
    "far below MIT": lambda words: f"{MIT}{chr(10) * 3000}{words}\n",
    "above MIT": lambda words: f"{words}\n\n{MIT}",
    "in the title of MIT": lambda words: MIT.replace("MIT License", f"MIT License ({words})", 1),
    "behind the copyright of MIT": lambda words: re.sub(
        r"(Copyright .*)", lambda found: f"{found[1]}. {words}", MIT, count=1
    ),
    "under the copyright of MIT": lambda words: re.sub(
        r"(Copyright .*)", lambda found: f"{found[1]}\n{words}", MIT, count=1
    ),
    "between the paragraphs of MIT": lambda words: after_paragraph(MIT, words, "Permission is"),
    "below Apache": lambda words: f"{APACHE}\n{words}\n",
    "above Apache": lambda words: f"{words}\n\n{APACHE}",
    "in the middle of Apache": lambda words: after_paragraph(APACHE, words, "2. Grant of"),
    "inside a sentence of Apache": lambda words: APACHE.replace(
        "reproduce, prepare", f"reproduce ({words}), prepare", 1
    ),
    "in the appendix of Apache": lambda words: APACHE.replace(
        "limitations under the License.", f"limitations under the License.\n\n   {words}"
    ),
    "in the notice of Apache": lambda words: APACHE.replace(
        "[name of copyright owner]", f"Acme. {words}"
    ),
    "below CC-BY": lambda words: f"{CC_BY}\n{words}\n",
    "above CC-BY": lambda words: f"{words}\n\n{CC_BY}",
    "in the preamble of CC-BY": lambda words: after_paragraph(CC_BY, words, "Considerations for l"),
    "in the middle of CC-BY": lambda words: after_paragraph(CC_BY, words, "a. License grant"),
}

COMMONS_CLAUSE = (
    "“Commons Clause” License Condition v1.0\n\nThe Software is provided to you by the Licensor"
    " under the License, as defined below, subject to the following condition.\n\nWithout limiting"
    " other conditions in the License, the grant of rights under the License will not include, and"
    " the License does not grant to you, the right to Sell the Software.\n\n"
)
DISPLAY = (
    "Our only modification part is that, if the Software (or any derivative works\nthereof) is used"
    " for any of your commercial products or services that have\nmore than 100 million monthly"
    " active users, you shall prominently display\n“Acme” on the user interface of it.\n\n"
)
ALTERED = {
    "Commons Clause in front of MIT": COMMONS_CLAUSE + MIT,
    "Commons Clause in front of Apache": COMMONS_CLAUSE + APACHE,
    "a display clause": MIT.replace(
        "THE SOFTWARE IS PROVIDED", DISPLAY + "THE SOFTWARE IS PROVIDED"
    ),
    "for some days": MIT.replace("Permission is hereby", "For 30 days permission is hereby"),
    "sell is gone": re.sub(r",\s+and/or\s+sell\s", " ", MIT),
    "only for some persons": MIT.replace("to any person", "to any academic person"),
    "with restrictions": MIT.replace("without restriction", "with restrictions"),
    "one word in a grant": MIT.replace("without limitation the", "without limitation the private"),
    "modified in its title": MIT.replace("MIT License", "Modified MIT License"),
    "the grant can end": re.sub(r"perpetual,\s+worldwide,", "", APACHE, count=1),
}

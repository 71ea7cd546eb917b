"""The code repository: forty commits by five people and a bot, told as a table.

Files of ``data/code/`` grow from commit to commit by whole definitions, so every state parses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.hub.content.made import APACHE, DATA, Made, make
from tests.hub.content.people import (
    ADAEZE,
    ADAEZE_ON_THE_WEB,
    BOT,
    CLAIRE,
    JONAS,
    JONAS_AT_HOME,
    TOMASZ,
    YUI,
    YUI_SHORT,
)
from tests.hub.history import FIRST_COMMIT, Person, Step

ID = "fernwood/field-notes-training"
WHOLE = 1000
CORPUS, WORDS, BIGRAM, WEIGHTS, CONFIG, GENERATE, TRAIN, MAIN, INIT = (
    f"src/field_notes/{name}.py"
    for name in (
        *("corpus", "vocabulary", "bigram", "weights", "config"),
        *("generate", "train", "__main__", "__init__"),
    )
)
CI = ".github/workflows/ci.yml"

# How a line looked before somebody changed it; a commit takes the newer form once it names it.
OLDER = {
    "checkout@v4": "checkout@v3",
    "setup-python@v5": "setup-python@v4",
    "pytest==8.3.3": "pytest==8.0.0",
    "ruff==0.6.9": "ruff==0.4.1",
    'version = "0.4.0"': 'version = "0.1.0"',
    '__version__ = "0.4.0"': '__version__ = "0.1.0"',
    "SMOOTHING = 0.01": "SMOOTHING = 1.0",
    "(-counts[word], word)": "-counts[word]",
    "< 0.3:": "< 0.5:",
}


@dataclass(frozen=True)
class Change:
    """A row of the history: ``grows`` says how many parts of each file are there afterwards."""

    author: Person
    message: str
    grows: dict[str, int]
    renews: tuple[str, ...] = ()
    branch: str = "main"
    merges: str = ""
    pull: int = 0


def merge(number: int, branch: str, author: Person = ADAEZE_ON_THE_WEB) -> Change:
    """What GitHub's green button writes."""
    title = f"Merge pull request #{number} from fernwood/{branch}\n\nSee the discussion there."
    return Change(author, title, {}, merges=branch, pull=number)


HISTORY = (
    Change(ADAEZE, "Start with a licence and a readme", {"README.md": 1, "LICENSE": WHOLE}),
    Change(ADAEZE, "Leave build products out", {".gitignore": WHOLE, INIT: WHOLE}),
    Change(ADAEZE, "Invent notes about birds", {CORPUS: 5}),
    Change(ADAEZE, "Make a whole corpus from one seed", {CORPUS: 6}),
    Change(JONAS, "Number the words", {WORDS: 2}),
    Change(JONAS, "Encode a text", {WORDS: 3}),
    Change(JONAS, "Count which word follows which", {BIGRAM: 2}),
    Change(JONAS_AT_HOME, "Turn counts into probabilities", {BIGRAM: 3}),
    Change(ADAEZE, "Package it", {"pyproject.toml": WHOLE}),
    Change(CLAIRE, "Test that seeds repeat", {"tests/test_corpus.py": 3}, branch="corpus-tests"),
    Change(CLAIRE, "Split off a test set", {CORPUS: 7}, branch="corpus-tests"),
    Change(CLAIRE, "Test the split", {"tests/test_corpus.py": 4}, branch="corpus-tests"),
    merge(1, "corpus-tests"),
    Change(JONAS, "Measure perplexity (#2)", {BIGRAM: 4, "tests/test_bigram.py": 3}, pull=2),
    Change(CLAIRE, "Run the tests on every push (#3)", {CI: WHOLE}, pull=3),
    Change(YUI, "Describe a tensor", {WEIGHTS: 2}, branch="safetensors"),
    Change(YUI, "Write the safetensors format", {WEIGHTS: 4}, branch="safetensors"),
    Change(YUI_SHORT, "Test the header", {"tests/test_weights.py": 3}, branch="safetensors"),
    merge(4, "safetensors", JONAS),
    Change(BOT, "Bump actions/checkout from 3 to 4 (#5)", {}, ("checkout@v4",), pull=5),
    Change(ADAEZE, "Write and read JSON lines (#6)", {CORPUS: 9}, pull=6),
    Change(
        ADAEZE,
        "Draw fewer single birds\n\n"
        "Reviewed-by: Claire Moreau <claire.moreau@fernwood.example.org>",
        {},
        ("< 0.3:",),
    ),
    Change(JONAS, "Say how to install it", {"README.md": 2}),
    Change(YUI, "Cut the weights into shards", {WEIGHTS: 5}, branch="shards"),
    Change(YUI, "Test the shards", {"tests/test_weights.py": 4}, branch="shards"),
    merge(7, "shards"),
    Change(CLAIRE, "Write tokenizer.json (#8)", {WORDS: 4}, pull=8),
    Change(JONAS, "Configuration files for transformers (#9)", {CONFIG: WHOLE}, pull=9),
    Change(BOT, "Bump ruff from 0.4.1 to 0.6.9 (#10)", {}, ("ruff==0.6.9",), pull=10),
    Change(TOMASZ, "Break ties in the vocabulary (#11)", {}, ("(-counts[word], word)",), pull=11),
    Change(JONAS, "Train and save", {TRAIN: 4}, branch="training"),
    Change(JONAS_AT_HOME, "Save into a folder", {TRAIN: WHOLE}, branch="training"),
    Change(CLAIRE, "Test training", {"tests/test_train.py": WHOLE}, branch="training"),
    merge(12, "training"),
    Change(ADAEZE_ON_THE_WEB, "Smooth less (#13)", {}, ("SMOOTHING = 0.01",), pull=13),
    Change(YUI_SHORT, "A command to train with (#14)", {MAIN: WHOLE}, pull=14),
    Change(CLAIRE, "Measure accuracy", {BIGRAM: WHOLE, "tests/test_bigram.py": WHOLE}, pull=15),
    Change(BOT, "Bump pytest from 8.0.0 to 8.3.3 (#16)", {}, ("pytest==8.3.3",), pull=16),
    Change(YUI, "Write notes with the model (#17)", {GENERATE: WHOLE}, pull=17),
    Change(ADAEZE, "How it works, and how to cite it", {"README.md": WHOLE}),
    Change(CLAIRE, "Say how we work (#18)", {"CONTRIBUTING.md": WHOLE}, pull=18),
    Change(BOT, "Bump actions/setup-python from 4 to 5 (#19)", {}, ("setup-python@v5",), pull=19),
    Change(ADAEZE, "Version 0.4.0", {}, ('version = "0.4.0"', '__version__ = "0.4.0"')),
)


def make_code_repository(root: Path, repo_id: str = ID) -> Made:
    """``fernwood/field-notes-training``: the code that counts the tiny model.

    Most changes came through pull requests: as merges, as squashes (``(#13)``), and one as a rebase
    that only the GitHub API knows about (15). A few were pushed directly, one of them with a
    ``Reviewed-by`` trailer.
    """
    about = {"stars": 42, "forks": 5, "description": "Counts a tiny language model"}
    return make(root, "github", repo_id, _steps(), about)


def _steps() -> list[Step]:
    grown: dict[str, int] = {}
    written: dict[str, bytes] = {}
    renewed: set[str] = set()
    steps = []
    for number, change in enumerate(HISTORY):
        grown |= change.grows
        renewed |= set(change.renews)
        state = {path: _part(path, parts, renewed) for path, parts in grown.items()}
        files = {path: data for path, data in state.items() if written.get(path) != data}
        written |= files
        tag = "v0.4.0" if change is HISTORY[-1] else ""
        steps.append(
            Step(
                message=f"{change.message}\n",
                files=dict(files),
                author=change.author,
                date=FIRST_COMMIT + timedelta(days=number * 2, hours=number % 9),
                branch=change.branch,
                merges=change.merges,
                tag=tag,
                pull=change.pull,
            )
        )
    return steps


def _part(path: str, parts: int, renewed: set[str]) -> bytes:
    """The first ``parts`` definitions or sections of a file, in the wording of that day."""
    text = _source(path).read_text()
    for new, old in OLDER.items():
        if new not in renewed:
            text = text.replace(new, old)
    separator = "\n## " if path.endswith(".md") else "\n\n\n"
    return (separator.join(text.split(separator)[:parts]).rstrip("\n") + "\n").encode()


def _source(path: str) -> Path:
    # A real .gitignore would make git overlook files of this very folder.
    elsewhere = {"LICENSE": APACHE, ".gitignore": DATA / "code" / "gitignore"}
    return elsewhere.get(path, DATA / "code" / path)

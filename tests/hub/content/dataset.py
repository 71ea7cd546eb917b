"""The dataset: invented notes about birds, as JSON lines."""

from __future__ import annotations

from pathlib import Path

from tests.hub.content import people
from tests.hub.content.made import CC_BY, GITATTRIBUTES, Made, make, text
from tests.hub.data.code.src.field_notes import corpus
from tests.hub.history import Step

ID = "fernwood/field-notes"
SIZE = 500


def notes() -> tuple[list[corpus.Note], list[corpus.Note]]:
    """The training and the test split."""
    return corpus.split(corpus.make_corpus(SIZE))


def make_dataset(root: Path, repo_id: str = ID) -> Made:
    """``fernwood/field-notes``: 500 notes in two splits, with a complete card and its licence."""
    training, test = notes()
    files = {
        "data/train.jsonl": corpus.write_jsonl(training).encode(),
        "data/test.jsonl": corpus.write_jsonl(test).encode(),
        "species.csv": _species().encode(),
    }
    sizes = [len(files["data/train.jsonl"]), len(files["data/test.jsonl"])]
    card = text(
        "notes_dataset/README.md",
        total_rows=SIZE,
        training_rows=len(training),
        test_rows=len(test),
        training_bytes=sizes[0],
        test_bytes=sizes[1],
        total_bytes=sum(sizes),
    )
    steps = [
        Step("initial commit", {".gitattributes": GITATTRIBUTES}, people.ADAEZE_ON_THE_HUB),
        Step("Upload the notes", files, people.ADAEZE_ON_THE_HUB),
        Step("Describe the dataset", {"README.md": card}, people.CLAIRE_ON_THE_HUB),
        Step("Add the licence text", {"LICENSE": CC_BY.read_bytes()}, people.CLAIRE_ON_THE_HUB),
    ]
    return make(root, "datasets", repo_id, steps, {"downloads": 312, "likes": 4})


def _species() -> str:
    rows = [f"{english},{latin}\n" for english, latin in sorted(corpus.SPECIES.items())]
    return "species,latin\n" + "".join(rows)

"""Makes the corpus: short notes about birds, the same for the same seed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

SEED = 20240304

SPECIES = {
    "grey heron": "Ardea cinerea",
    "kingfisher": "Alcedo atthis",
    "barn owl": "Tyto alba",
    "song thrush": "Turdus philomelos",
    "wood warbler": "Phylloscopus sibilatrix",
    "marsh harrier": "Circus aeruginosus",
    "little egret": "Egretta garzetta",
    "tawny owl": "Strix aluco",
}

TIMES = ["at dawn", "in the morning", "at noon", "in the afternoon", "at dusk"]
COUNTS = ["two", "three", "four", "five", "six"]
PLACES = [
    "by the river",
    "near the mill pond",
    "over the wet meadow",
    "in the old orchard",
    "along the hedge",
]


ACTIVITIES = ["feeding", "calling", "resting", "preening", "flying low"]
WEATHERS = [
    "in light rain",
    "under a clear sky",
    "in thick fog",
    "in strong wind",
    "after fresh snow",
]


@dataclass(frozen=True)
class Note:
    """One sighting, as text and as fields."""

    text: str
    species: str
    place: str
    weather: str


def make_note(chance: random.Random) -> Note:
    """Invent one sighting."""
    species = chance.choice(sorted(SPECIES))
    place = chance.choice(PLACES)
    weather = chance.choice(WEATHERS)
    if chance.random() < 0.3:
        seen = f"one {species}"
    else:
        seen = f"{chance.choice(COUNTS)} {plural(species)}"
    verb = "heard" if chance.random() < 0.2 else "saw"
    time, activity = chance.choice(TIMES), chance.choice(ACTIVITIES)
    return Note(
        f"{time} we {verb} {seen} {place} , {activity} {weather} .", species, place, weather
    )


def plural(species: str) -> str:
    """Return the plural of an English bird name."""
    return species + ("es" if species.endswith("sh") else "s")


def make_corpus(size: int, seed: int = SEED) -> list[Note]:
    """Invent ``size`` notes; the same seed gives the same notes."""
    chance = random.Random(seed)
    return [make_note(chance) for _ in range(size)]


def split(notes: list[Note], test_share: float = 0.2) -> tuple[list[Note], list[Note]]:
    """Cut off the last part for testing. Notes are independent, so no shuffle is needed."""
    border = round(len(notes) * (1 - test_share))
    return notes[:border], notes[border:]


def write_jsonl(notes: Iterable[Note]) -> str:
    """One JSON object per line, keys in a stable order."""
    return "".join(json.dumps(asdict(note), sort_keys=True) + "\n" for note in notes)


def read_jsonl(lines: Iterable[str]) -> Iterator[Note]:
    """The notes that ``write_jsonl`` wrote."""
    for line in lines:
        yield Note(**json.loads(line))

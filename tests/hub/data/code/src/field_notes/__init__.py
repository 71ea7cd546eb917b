"""Field Notes: a corpus of invented bird sightings and the bigram model counted from it."""

__version__ = "0.4.0"

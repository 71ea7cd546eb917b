"""What newcomers look for in a README: the patterns of its headings, sentences, links and files."""

from __future__ import annotations

import re

# Headings, and sentences where a heading is missing.
PURPOSE = re.compile(
    r"description|overview|introduction|\babout\b|summary|intended use|(?<!to )\buses?\b"
    r"|what is|model details|purpose|abstract|background|features",
    re.IGNORECASE,
)
LIMITS = re.compile(
    r"limitation|\bbias|\brisks?\b|out[- ]of[- ]scope|caveat|known issues|disclaimer|ethical"
    r"|considerations|warning|misuse|responsible|safety",
    re.IGNORECASE,
)
LIMITS_SENTENCE = re.compile(
    r"\b(?:limitations?|biase[sd]|not (?:intended|suitable|recommended|supported)|may (?:produce"
    r"|generate|contain|fail)|does not (?:work|support|handle)|out[- ]of[- ]scope|known issues?"
    r"|can(?:not| ?not) be used)\b",
    re.IGNORECASE,
)
INSTALL = re.compile(r"install|requirements|setup|dependencies|getting started", re.IGNORECASE)
INPUT = re.compile(
    r"\binputs?\b|\bprompt (?:template|format)|chat template|\bsampl(?:ing|ed at) (?:rate)?"
    r"|\bcolumns?\b|\bfields?\b|\bfeatures?\b|\bargument|\bparameters?\b",
    re.IGNORECASE,
)
OUTPUT = re.compile(
    r"\boutputs?\b|\bpredict|\breturns?\b|\bgenerates?\b|\blabels?\b|\bclass(?:es|ify|ification)\b"
    r"|\bembeddings?\b|\bsplits?\b|\binstances?\b|\bresults?\b",
    re.IGNORECASE,
)
TRAINING = re.compile(
    r"hyper-?parameter|training (?:procedure|details|arguments|config|setup|regime)"
    r"|learning[_ ]rate|batch[_ ]size|\bepochs\b|merge (?:method|details)|configuration"
    r"|collection|annotation (?:process|guidelines)|curation|source data|\boptions\b|parameters",
    re.IGNORECASE,
)
HYPERPARAMETER = re.compile(
    r"(?:learning[_ ]rate|batch[_ ]size|epochs?|temperature|top[_ ]p|lora[_ ]?(?:r|alpha)|weight"
    r"[_ ]decay|warm-?up|optimizer)\s{0,3}[:=|]?\s{0,3}(?:of |is )?[\d.]",
    re.IGNORECASE,
)
# Links.
TRIAL = re.compile(
    r"colab\.research\.google|huggingface\.co/spaces|hf\.co/spaces|kaggle\.com|mybinder|replicate\.com"
    r"|gradio|streamlit|\.ipynb|/examples?(?:/|$)|/demo|tutorial",
    re.IGNORECASE,
)
FURTHER = re.compile(
    r"arxiv\.org|doi\.org|aclanthology|openreview|readthedocs|/docs?\b|docs\.|wiki|blog|medium\.com"
    r"|github\.com|github\.io|gitlab|paper|proceedings|papers|zenodo|semanticscholar|\.pdf",
    re.IGNORECASE,
)
# Names of files.
REQUIREMENTS = re.compile(
    r"^(?:requirements[\w.-]*\.txt|pyproject\.toml|setup\.(?:py|cfg)|environment\.ya?ml|Pipfile"
    r"|package\.json|Dockerfile|Cargo\.toml|go\.mod|DESCRIPTION)$"
)
EXAMPLE_FILE = re.compile(
    r"\.ipynb$|(?:^|/)(?:examples?|demos?|tutorials?|notebooks?)/", re.IGNORECASE
)

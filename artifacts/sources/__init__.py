"""The only door to the outside: what a URL means, what is there, and its bytes.

Each source is a folder here, and a line of the setting SOURCES. Nothing else asks which one
it is: what differs between them is said by ``Source``.
"""

from artifacts.facts.small_files import Checkout
from artifacts.sources.collecting import collect, collect_licence, lookup, opened
from artifacts.sources.linked_facts import collect_linked
from artifacts.sources.place import Place, checked_revision
from artifacts.sources.recognising import recall, recognise, recognise_project
from artifacts.sources.registered import file_page, is_outside, registered, revision_page
from artifacts.sources.retrying import limited_waiting

__all__ = [
    "Checkout",
    "Place",
    "checked_revision",
    "collect",
    "collect_licence",
    "collect_linked",
    "file_page",
    "is_outside",
    "limited_waiting",
    "lookup",
    "opened",
    "recall",
    "recognise",
    "recognise_project",
    "registered",
    "revision_page",
]

"""Who wrote what. Adaeze, Jonas and Yui commit under more than one name, as people do."""

from __future__ import annotations

from tests.hub.history import Person

ADAEZE = Person("Adaeze Okafor", "adaeze@fernwood.example.org")
ADAEZE_ON_THE_WEB = Person("adaeze-o", "1204577+adaeze-o@users.noreply.github.com")
JONAS = Person("Jonas Lindqvist", "jonas@fernwood.example.org")
JONAS_AT_HOME = Person("Jonas Lindqvist", "jonas.lindqvist@mail.example.net")
CLAIRE = Person("Claire Moreau", "claire.moreau@fernwood.example.org")
YUI = Person("Yui Tanaka", "yui@tanaka.example.net")
YUI_SHORT = Person("yui", "yui@tanaka.example.net")
TOMASZ = Person("Tomasz Nowak", "tnowak@students.example.edu")
BOT = Person("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")

ADAEZE_ON_THE_HUB = Person("adaeze-o", "adaeze-o@users.noreply.example.org")
JONAS_ON_THE_HUB = Person("jlindqvist", "jlindqvist@users.noreply.example.org")
CLAIRE_ON_THE_HUB = Person("claire-m", "claire-m@users.noreply.example.org")
STRANGER = Person("someone", "someone@users.noreply.example.org")
MALLORY = Person("mallory", "mallory@users.noreply.example.org")

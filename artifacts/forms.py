"""What people type into pages about artifacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat

from artifacts import search, services, sources
from artifacts.listing import STATES
from artifacts.models import Artifact, ArtifactType, State
from common.errors import RegistryError
from common.flags import FlagCheckbox, FlagFormField

if TYPE_CHECKING:
    from artifacts.sources import Place

MAX_ADDRESSES = 50


class Sort(NamedTuple):
    """An order that the list offers; ``ordering`` says it as the API does."""

    label: str
    ordering: str


SORTS = {
    "newest": Sort("Newest first", "-published"),
    "name": Sort("Name", "name"),
    "score": Sort("Best score first", "-net_score"),
    "size": Sort("Largest first", "-size"),
}
DEFAULT_SORT = "newest"


class BrowseForm(forms.Form):
    """The filters of the list; all of them are optional and live in the address."""

    pattern: search.Pattern | None = None  # what a valid form looks for instead of words

    q = forms.CharField(label="Search", required=False, max_length=256, strip=True)
    regex = FlagFormField(
        label="Regular expression",
        required=False,
        widget=FlagCheckbox({"aria-describedby": "regex-help"}),
    )
    type = forms.ChoiceField(
        label="Type", required=False, choices=[("", "All types"), *ArtifactType.choices]
    )
    license = forms.CharField(label="Licence", required=False, max_length=255)
    score = forms.FloatField(label="Score at least", required=False, min_value=0, max_value=1)
    state = forms.ChoiceField(
        label="State", required=False, choices=[*STATES.items(), *State.choices]
    )
    owner = forms.CharField(label="Registered by", required=False, max_length=150)
    sort = forms.ChoiceField(
        label="Order",
        required=False,
        choices=[(name, sort.label) for name, sort in SORTS.items()],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.data.get("state", "")
        # the states of the API work in an address; they are shown where one is asked for
        offered = dict(STATES) | {state: label for state, label in State.choices if state == chosen}
        self.fields["state"].widget.choices = list(offered.items())  # type: ignore[attr-defined]

    def clean_sort(self) -> str:
        return self.cleaned_data["sort"] or DEFAULT_SORT

    @property
    def wanted(self) -> dict[str, Any]:
        """What a valid form asks of ``listing.narrowed``."""
        given = self.cleaned_data
        return {
            "words": "" if self.pattern else given["q"],
            "type": given["type"],
            "license": given["license"],
            "min_score": given["score"],
            "owner": given["owner"],
            "state": given["state"],
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("regex") and cleaned.get("q"):
            try:
                self.pattern = search.compiled(cleaned["q"])
            except search.InvalidRegex as exc:
                self.add_error("q", str(exc))
        return cleaned


@dataclass(frozen=True, slots=True)
class Recognised:
    """One pasted line: what it means, or what is wrong with it, and whether it is here."""

    line: str
    place: Place | None = None
    problem: str = ""
    existing: Artifact | None = None

    @property
    def is_new(self) -> bool:
        return self.place is not None and self.existing is None


def recognise_line(line: str, *, type: str | None = None) -> Recognised:
    """What one pasted address means; asks the database, never the network."""
    try:
        place = sources.recognise(line, type=type or None)
    except RegistryError as exc:
        return Recognised(line, problem=str(exc))
    existing = Artifact.objects.filter(type=place.type, source_key=place.key).first()
    return Recognised(line, place=place, existing=existing)


class RegisterForm(forms.Form):
    """One or more addresses, one a line."""

    urls = forms.CharField(
        label="Address",
        max_length=20_000,
        error_messages={"required": "Paste the address of a repository."},
        widget=forms.Textarea(
            attrs={
                "rows": 2,
                "spellcheck": "false",
                "autocapitalize": "off",
                "autocomplete": "off",
                "placeholder": "https://huggingface.co/openai/whisper-tiny",
            }
        ),
    )
    type = forms.ChoiceField(
        label="Type",
        required=False,
        choices=[("", "As the address says"), *ArtifactType.choices],
        help_text="Only a dataset or a model kept on GitHub needs this.",
    )
    name = forms.CharField(
        label="Name",
        required=False,
        max_length=services.NAME_LENGTH,
        help_text="Left empty, it is the last part of the address.",
    )

    def lines(self) -> list[str]:
        """The addresses as typed, without blanks and repetitions."""
        text = self.data.get(self.add_prefix("urls"), "")
        stripped = (line.strip() for line in text.splitlines())
        return list(dict.fromkeys(line for line in stripped if line))[:MAX_ADDRESSES]

    def recognised(self) -> list[Recognised]:
        chosen = self.data.get(self.add_prefix("type"), "")
        wanted = chosen if chosen in ArtifactType.values else None
        return [recognise_line(line, type=wanted) for line in self.lines()]

    def clean_urls(self) -> list[Recognised]:
        found = self.recognised()
        for one in found:
            if one.problem:
                label = f"{one.line[:80]}: " if len(found) > 1 else ""
                raise ValidationError(f"{label}{one.problem}", code="unrecognised")
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("name") and len(cleaned.get("urls", [])) > 1:
            self.add_error("name", "A name can be given to one address at a time.")
        return cleaned


class UploadForm(forms.Form):
    """A bundle instead of an address."""

    file = forms.FileField(
        label="Bundle",
        max_length=255,
        error_messages={
            "required": "Choose a zip or tar.",
            "missing": "Choose a zip or tar.",
            "empty": "This file is empty.",
        },
    )
    type = forms.ChoiceField(
        label="What it is",
        choices=ArtifactType.choices,
        help_text="Decides what is asked of it.",
    )
    name = forms.CharField(
        label="What to call it",
        required=False,
        max_length=services.NAME_LENGTH,
        help_text="Left empty, it is the name of the file.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_upload_%s", **kwargs})
        limit, accepted = settings.MAX_CONTENT_LENGTH, settings.ALLOWED_EXTENSIONS
        self.fields["file"].help_text = (
            f"{', '.join(accepted)}, at most {filesizeformat(limit)}. Drop it here or choose it. "
            "A single folder at its top is left away."
        )
        self.fields["file"].widget.attrs |= {"accept": ",".join(accepted), "data-limit": limit}


class EditForm(forms.Form):
    """A new name for an artifact, or another place that it comes from."""

    name = forms.CharField(label="Name", max_length=services.NAME_LENGTH)
    url = forms.CharField(
        label="Address of the source",
        max_length=2_000,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off"}),
        help_text="Another address is fetched as a new version; the current one stays until then.",
    )

    def __init__(self, *args: Any, artifact: Artifact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.artifact = artifact
        self.initial = {"name": artifact.name, "url": artifact.source_url}

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        if url == self.artifact.source_url:
            return url
        found = recognise_line(url, type=self.artifact.type)
        if found.place is None:
            raise ValidationError(found.problem)
        if found.existing is not None and found.existing.pk != self.artifact.pk:
            raise ValidationError(f"{found.existing.name} has this source already.")
        return url

    def clean_name(self) -> str:
        try:
            return services.clean_name(self.cleaned_data["name"])
        except RegistryError as exc:
            raise ValidationError(str(exc)) from exc


class ConfirmForm(forms.Form):
    """Typing the name of what will be lost."""

    confirmation = forms.CharField(
        label="Type the name to confirm",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_confirmation(self) -> str:
        typed = str(self.cleaned_data["confirmation"]).strip()
        if typed != self.expected:
            raise ValidationError("This is not the name above.")
        return typed


class ReasonForm(forms.Form):
    """Why an admin puts a version in quarantine."""

    reason = forms.CharField(
        label="Reason", max_length=500, help_text="Everybody with the address will read it."
    )

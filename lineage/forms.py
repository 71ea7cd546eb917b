"""Adding a link by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

from artifacts.sources.errors import UnrecognisedUrl
from lineage import services
from lineage.errors import LinkExists, OwnParent
from lineage.models import Relationship

if TYPE_CHECKING:
    from accounts.models import User
    from artifacts.models import Artifact


class LinkForm(forms.Form):
    relationship = forms.ChoiceField(choices=Relationship.choices)
    parent = forms.CharField(
        max_length=2000,
        label="Address of the parent",
        help_text="For example https://huggingface.co/openai/whisper-tiny; it may be unknown here.",
    )

    def add_to(self, child: Artifact, *, by: User) -> bool:
        """Add the link, or say beside the field why not."""
        given = self.cleaned_data
        try:
            services.add_link(
                child=child, parent=given["parent"], relationship=given["relationship"], by=by
            )
        except (UnrecognisedUrl, OwnParent, LinkExists) as exc:
            self.add_error("parent", str(exc))
            return False
        return True

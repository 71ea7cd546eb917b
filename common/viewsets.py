"""What the viewsets of every app share."""

from __future__ import annotations

from typing import Any, ClassVar

from common.ids import row_with_id


class FindsById:
    """For a viewset whose rows have an id in their address; ``what`` is what a row is called."""

    what: ClassVar[str]

    def get_object(self: Any) -> Any:
        """The row, if the caller may know of it; raises InvalidId or NotFound."""
        row = row_with_id(self.get_queryset(), self.kwargs["pk"], what=self.what)
        self.check_object_permissions(self.request, row)
        return row

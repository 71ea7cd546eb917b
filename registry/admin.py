"""What operators find in the admin beside the apps' own pages; Django looks for it here."""

from registry.operations import audit_admin, queue_admin

__all__ = ["audit_admin", "queue_admin"]

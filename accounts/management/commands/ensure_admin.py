"""The first admin, made once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import services
from common.errors import RegistryError


class Command(BaseCommand):
    help = "Create the first admin, unless there is one. A generated password is printed once."

    def handle(self, **options: Any) -> None:
        try:
            created = services.ensure_admin()
        except RegistryError as exc:
            hint = "Set REGISTRY_ADMIN_USERNAME and REGISTRY_ADMIN_PASSWORD to something else."
            raise CommandError(f"The first admin could not be made. {exc} {hint}") from exc
        if created is None:
            return
        user, password = created
        if settings.REGISTRY_ADMIN_PASSWORD:
            self.stdout.write(f"Admin {user.username} was made, with the configured password.")
        else:
            self.stdout.write(f"Admin {user.username} was made. The password, shown only now:")
            self.stdout.write(password)

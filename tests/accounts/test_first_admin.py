"""The first admin: no default password, made once, never changed."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(settings, capsys):
    def ensure(*, name: str = "admin", password: str = "") -> str:
        settings.REGISTRY_ADMIN_USERNAME = name
        settings.REGISTRY_ADMIN_PASSWORD = password
        call_command("ensure_admin")
        return capsys.readouterr().out

    return ensure


def test_a_generated_password_is_printed_once_and_works(run):
    password = run().splitlines()[-1]
    admin = User.objects.get(username="admin")
    assert admin.check_password(password)
    assert admin.role == Role.ADMIN
    assert run() == ""


def test_generated_passwords_differ_and_follow_the_rules(db):
    from accounts.passwords import check_password_rules
    from accounts.services import generated_password

    several = {generated_password() for _ in range(50)}
    assert len(several) == 50
    for password in several:
        check_password_rules(password, User(username="admin"))


def test_a_configured_password_is_used_and_not_printed(run):
    out = run(name="root", password="mountain-7-lake")
    assert "mountain-7-lake" not in out
    assert User.objects.get(username="root").check_password("mountain-7-lake")


def test_an_existing_admin_keeps_name_and_password(run, dora):
    before = dora.password
    run(password="another-1-word!")
    assert list(User.objects.values_list("username", "password")) == [("dora", before)]


@pytest.mark.parametrize("password", ["admin", "Harbor12345", "password", "12345678", "p@ssw0rd"])
def test_a_weak_configured_password_is_refused(run, password):
    with pytest.raises(CommandError):
        run(password=password)
    assert not User.objects.exists()


def test_a_name_that_somebody_has_is_not_taken_over(run, alice):
    with pytest.raises(CommandError):
        run(name="alice")
    alice.refresh_from_db()
    assert alice.role == Role.UPLOADER


def test_well_known_passwords_open_nothing(api, run):
    run()
    for password in ("admin", "admin123", "Harbor12345", "password", "changeme", ""):
        body = {"user": {"name": "admin"}, "secret": {"password": password}}
        assert api(None).put("/api/authenticate", body).status_code in {400, 401}

"""Production settings: each missing secret stops the start by its name, and nothing is left open."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from applications import outbox

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "SECRET_KEY": "a-key-of-production-" + "9f3k" * 12,
    "PORTAL_URL": "https://portal.example.jp",
    "ALLOWED_HOSTS": "portal.example.jp",
    "EMAIL_URL": "smtp+tls://mailer:secret@mail.example.jp:587",
}
PROBE = """
import json, django
from django.conf import settings
django.setup()
print(json.dumps({name: getattr(settings, name) for name in %r}, default=str))
"""


def started(code: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """Start Python in the project with this environment and no other variable of ours."""
    return subprocess.run(
        [sys.executable, "-W", "error", *code],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "DJANGO_SETTINGS_MODULE": "aspire.settings",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def settings_of(*names: str, **environment: str) -> dict:
    run = started(["-c", PROBE % (names,)], **environment)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("missing", PRODUCTION)
@pytest.mark.parametrize("how", ["absent", "empty"])
def test_a_missing_secret_stops_the_start_and_names_itself_alone(missing, how):
    given = {name: value for name, value in PRODUCTION.items() if name != missing}
    if how == "empty":
        given[missing] = ""

    run = started(["manage.py", "check"], **given)

    assert run.returncode != 0
    last = run.stderr.strip().splitlines()[-1]
    assert f"{missing} is not set" in last
    assert [name for name in PRODUCTION if f"{name} is not set" in run.stderr] == [missing]
    assert PRODUCTION["SECRET_KEY"] not in run.stderr + run.stdout


def test_a_newcomer_in_debug_needs_no_secret():
    run = started(["manage.py", "check"], DEBUG="1")

    assert (run.returncode, run.stderr) == (0, "")


def test_the_deployment_check_is_silent_in_production():
    run = started(["manage.py", "check", "--deploy", "--fail-level", "INFO"], **PRODUCTION)

    assert run.stderr == ""
    assert run.stdout == "System check identified no issues (0 silenced).\n"


def test_the_deployment_check_would_have_spoken():
    """Negative control: the same command sees a weak key."""
    weak = {**PRODUCTION, "SECRET_KEY": "short"}

    run = started(["manage.py", "check", "--deploy", "--fail-level", "INFO"], **weak)

    assert run.returncode != 0
    assert "security.W009" in run.stderr


def test_production_pins_its_values():
    pinned = {
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 63_072_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
        "SESSION_COOKIE_NAME": "__Host-session",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_AGE": 43_200,
        "SESSION_LONGEST": 43_200,
        "SESSION_IDLE": 14_400,
        "SESSION_IDLE_OF_STAFF": 1_800,
        "STAFF_SECOND_FACTOR_WAIVED": False,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": False,
        "MFA_TRUST_ENABLED": False,
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION": False,
        "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
        "ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT": 3_600,
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "LANGUAGE_COOKIE_SECURE": True,
        "CSRF_TRUSTED_ORIGINS": ["https://portal.example.jp"],
        "ALLOWED_HOSTS": ["portal.example.jp"],
        "EMAIL_TIMEOUT": 30,
        "EMAIL_HOST": "mail.example.jp",
        "EMAIL_USE_TLS": True,
        "SECURE_PROXY_SSL_HEADER": None,
        "TIME_ZONE": "Asia/Tokyo",
        "USE_TZ": True,
    }

    assert settings_of(*pinned, **PRODUCTION) == pinned


@pytest.mark.parametrize(
    ("environment", "issuer", "action"),
    [
        ({}, "orcid.org", ["'self'"]),
        (
            {"ORCID_CLIENT_ID": "APP-1", "ORCID_SECRET": "s"},
            "orcid.org",
            ["'self'", "https://orcid.org"],
        ),
        (
            {"ORCID_CLIENT_ID": "APP-1", "ORCID_SECRET": "s", "ORCID_SANDBOX": "1"},
            "sandbox.orcid.org",
            ["'self'", "https://sandbox.orcid.org"],
        ),
    ],
)
def test_forms_lead_to_orcid_only_where_it_is_set_up(environment, issuer, action):
    names = ("ORCID_ISSUER", "CONTENT_SECURITY_POLICY", "SOCIALACCOUNT_PROVIDERS")
    found = settings_of(*names, **PRODUCTION, **environment)

    assert found["ORCID_ISSUER"] == issuer
    assert found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["form-action"] == action
    apps = found["SOCIALACCOUNT_PROVIDERS"]["orcid"]["APPS"]
    assert [app["provider_id"] for app in apps] == [issuer][: len(environment)]


def test_orcids_key_without_its_secret_stops_the_start():
    run = started(["manage.py", "check"], **PRODUCTION, ORCID_CLIENT_ID="APP-1")

    assert run.returncode != 0
    assert "ORCID_SECRET is not set" in run.stderr


def test_production_refuses_to_waive_the_second_factor_of_staff():
    run = started(["manage.py", "check"], **PRODUCTION, STAFF_SECOND_FACTOR_WAIVED="1")

    assert run.returncode != 0
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith(
        "django.core.exceptions.ImproperlyConfigured: STAFF_SECOND_FACTOR_WAIVED"
    )


@pytest.mark.parametrize(
    ("given", "waived"), [({}, True), ({"STAFF_SECOND_FACTOR_WAIVED": "0"}, False)]
)
def test_a_newcomers_server_waives_it_unless_told_otherwise(given, waived):
    found = settings_of("STAFF_SECOND_FACTOR_WAIVED", DEBUG="1", **given)

    assert found == {"STAFF_SECOND_FACTOR_WAIVED": waived}


def test_argon2_is_the_hash_of_new_passwords():
    hashers = settings_of("PASSWORD_HASHERS", **PRODUCTION)["PASSWORD_HASHERS"]

    assert hashers[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"


@pytest.mark.parametrize("value", ["0", "false", "off", ""])
def test_debug_is_off_unless_switched_on(value):
    assert settings_of("DEBUG", **PRODUCTION) == {"DEBUG": False}
    if value:
        assert settings_of("DEBUG", **PRODUCTION, DEBUG=value) == {"DEBUG": False}


def test_a_proxys_header_counts_only_where_a_proxy_is_declared():
    behind = settings_of("SECURE_PROXY_SSL_HEADER", **PRODUCTION, TRUSTED_PROXY_COUNT="1")

    assert behind == {"SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"]}


@pytest.mark.django_db
def test_healthz_tells_the_age_of_the_oldest_unsent_mail(client):
    assert client.get("/healthz").json() == {
        "database": "ok",
        "oldest_unsent_seconds": 0,
        "held": 0,
        "failed": 0,
        "mail": "open",
    }
    at = timezone.now() - timedelta(seconds=90)
    outbox.record_account_mail(recipient="a@example.org", subject="Code", text="1", at=at)

    response = client.get("/healthz")

    assert response.status_code == 200
    assert 90 <= response.json()["oldest_unsent_seconds"] < 120


@pytest.mark.django_db
def test_healthz_says_when_the_database_is_away(client):
    def away(execute, sql, params, many, context):
        raise OperationalError("server closed the connection: secret.internal")

    with connection.execute_wrapper(away):
        response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json() == {"database": "unreachable"}

"""The zoo of access tokens: one good one, and every way to be refused."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest

from models.base import Refusal
from models.rules import tokens

KEY = b"k" * 32
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LI = UUID("0193ab00-0000-7000-8000-000000000001")
SESSION = UUID("0193ab00-0000-7000-8000-000000000002")
JTI = UUID("0193ab00-0000-7000-8000-000000000003")
ACCESS = tokens.Access(LI, SESSION, JTI)


def claims(**changes: Any) -> dict[str, Any]:
    issued = int(AT.timestamp())
    whole = {
        "iss": "yimen", "aud": "citizen", "sub": str(LI), "sid": str(SESSION), "jti": str(JTI), "typ": "access",
        "iat": issued, "nbf": issued, "exp": issued + 900,
    }  # fmt: skip
    whole.update(changes)
    return {name: value for name, value in whole.items() if value is not None}


def made(signing: Any = KEY, alg: Any = "HS256", **changes: Any) -> str:
    return jwt.encode(claims(**changes), signing, algorithm=alg)


def refused(token: str, at: datetime = AT) -> str:
    with pytest.raises(Refusal) as caught:
        tokens.read(KEY, token, at)
    assert caught.value.status == 401
    return caught.value.code


def test_a_good_token_names_account_session_and_itself():
    token = tokens.issue(KEY, ACCESS, AT)
    assert tokens.read(KEY, token, AT) == ACCESS
    assert tokens.read(KEY, token, AT + timedelta(minutes=14, seconds=59)) == ACCESS
    assert tokens.issue(KEY, ACCESS, AT) == token
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": tokens.key_id(KEY)}


def test_it_ends_after_fifteen_minutes():
    assert refused(tokens.issue(KEY, ACCESS, AT), AT + timedelta(minutes=15)) == "token_expired"


@pytest.mark.parametrize("missing", tokens.REQUIRED)
def test_every_claim_is_needed(missing: str):
    assert refused(made(**{missing: None})) == "token_invalid"


SECOND = int(AT.timestamp())
ZOO: dict[str, dict[str, Any]] = {
    "a refresh token": {"typ": "refresh"},
    "another audience": {"aud": "desk"},
    "a list of audiences": {"aud": ["citizen", "desk"]},
    "another issuer": {"iss": "elsewhere"},
    "lives for a day": {"exp": SECOND + 86_400},
    "lives for one second too long": {"exp": SECOND + 901},
    "ends before it begins": {"exp": SECOND - 1},
    "made tomorrow": {"iat": SECOND + 86_400, "nbf": SECOND, "exp": SECOND + 86_400 + 900},
    "valid from tomorrow": {"nbf": SECOND + 86_400},
    "a subject that is no id": {"sub": "../../etc/passwd"},
    "a number for a subject": {"sub": 7},
    "a session that is no id": {"sid": "0" * 5000},
    "words for a time": {"iat": "now"},
    "true for a time": {"iat": True},
    "an endless time": {"exp": 10**400},
}


@pytest.mark.parametrize("changes", ZOO.values(), ids=ZOO.keys())
def test_the_zoo(changes: dict[str, Any]):
    assert refused(made(**changes)) == "token_invalid"


def test_other_keys_and_algorithms():
    assert refused(made(b"x" * 32)) == "token_invalid"
    assert refused(made(b"k" * 64, "HS512")) == "token_invalid"
    assert refused(made(None, "none")) == "token_invalid"


def test_an_unsigned_token_that_claims_to_be_signed():
    def part(value: dict[str, Any]) -> str:
        return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    for header in ({"alg": "none"}, {"alg": "HS256"}, {"alg": "nOnE"}):
        assert refused(f"{part(header)}.{part(claims())}.") == "token_invalid"


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "李秀英", "\x00", "x" * 5000, "e30.e30.e30"])
def test_what_is_no_token_at_all(text: str):
    assert refused(text) == "token_invalid"


def test_a_changed_letter_breaks_the_signature():
    head, body, signature = tokens.issue(KEY, ACCESS, AT).split(".")
    flipped = "A" if body[10] != "A" else "B"
    assert refused(f"{head}.{body[:10]}{flipped}{body[11:]}.{signature}") == "token_invalid"


def test_a_short_key_makes_no_tokens():
    with pytest.raises(jwt.InvalidKeyError):
        tokens.issue(b"short", ACCESS, AT)


def test_secrets_are_long_and_only_their_hash_is_kept():
    one, two = tokens.new_secret(), tokens.new_secret()
    assert one != two and len(one) == 43
    assert len(tokens.digest(one)) == 64 and one not in tokens.digest(one)
    assert len(tokens.digest("\ud800")) == 64

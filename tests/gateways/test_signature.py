"""The signature: known value, every part bound, window of 300 s, no crash on hostile headers."""

import hashlib
import hmac

import pytest

from gateways.signature import sign, signed_headers, verify

KEY, AT, ID, BODY = b"k" * 32, 1_700_000_000, "r-1", '{"a": "一"}'.encode()


def test_the_value_is_the_one_in_the_contract() -> None:
    expected = hmac.new(KEY, b"1700000000.r-1." + BODY, hashlib.sha256).hexdigest()
    assert sign(KEY, AT, ID, BODY) == "v1=" + expected


@pytest.mark.parametrize("drift", [-300, 0, 300])
def test_good_within_the_window(drift: int) -> None:
    assert verify(KEY, str(AT), ID, BODY, sign(KEY, AT, ID, BODY), now=AT + drift)


@pytest.mark.parametrize("drift", [-301, 301, 86400])
def test_old_and_future_are_refused(drift: int) -> None:
    assert not verify(KEY, AT, ID, BODY, sign(KEY, AT, ID, BODY), now=AT + drift)


def test_every_part_is_bound() -> None:
    good = sign(KEY, AT, ID, BODY)
    assert not verify(b"x" * 32, AT, ID, BODY, good, now=AT)
    assert not verify(KEY, AT + 1, ID, BODY, good, now=AT)
    assert not verify(KEY, AT, "r-2", BODY, good, now=AT)
    assert not verify(KEY, AT, ID, BODY + b" ", good, now=AT)
    assert not verify(KEY, AT, ID, BODY, good[3:], now=AT)
    assert not verify(KEY, AT, ID, BODY, "v2=" + good[3:], now=AT)


@pytest.mark.parametrize("stamp", ["", "-1", "1e9", "１７００００００００", "9" * 5000, "1700000000 ", "NaN"])
def test_odd_stamps(stamp: str) -> None:
    assert not verify(KEY, stamp, ID, BODY, sign(KEY, AT, ID, BODY), now=AT)


@pytest.mark.parametrize("signature", ["", "v1=", "v1=\udcff", "é", "v1=" + "0" * 64, "v1=" + "0" * 10_000])
def test_odd_signatures(signature: str) -> None:
    assert not verify(KEY, AT, ID, BODY, signature, now=AT)


@pytest.mark.parametrize("request_id", ["", "x" * 129, "\udcff"])
def test_odd_ids(request_id: str) -> None:
    assert not verify(KEY, AT, request_id, BODY, "v1=" + "0" * 64, now=AT)


def test_headers_verify() -> None:
    headers = signed_headers("xf", KEY, ID, BODY, now=AT)
    assert headers["X-Key-Id"] == "xf"
    assert verify(KEY, headers["X-Timestamp"], headers["X-Request-Id"], BODY, headers["X-Signature"], now=AT)

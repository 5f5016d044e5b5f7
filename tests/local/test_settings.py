"""Every bad setting is named, and the words say what it should be."""

from pathlib import Path

import pytest

import settings
from settings import SettingError

REAL = {
    "DATABASE_URL": "postgres://u:topsecret@db/yimen",
    "REDIS_URL": "redis://cache:6379/0",
    "KEYS_FILE": "/etc/yimen/keys.json",
}


def test_nothing_given_is_the_embedded_demo() -> None:
    found = settings.read({})
    assert found.database_url is None
    assert found.redis_url is None
    assert found.demo
    assert found.embedded
    assert found.invents_keys
    assert found.brings_sandbox
    assert (found.host, found.port, found.sandbox_port) == ("127.0.0.1", 8000, 8001)
    assert found.wechat_base_url == found.sandbox_url == "http://127.0.0.1:8001"
    assert found.keys_file == found.var / "keys.json"


def test_a_real_house_has_no_demo_and_no_sandbox() -> None:
    found = settings.read(REAL)
    assert not found.demo
    assert found.sandbox_url is None
    assert found.wechat_base_url == settings.WECHAT_HOST
    assert found.wechat_appid == ""
    assert not found.invents_keys
    assert "topsecret" not in repr(found)


@pytest.mark.parametrize(
    ("name", "value", "should"),
    [
        ("PORT", "abc", "1 到 65535"),
        ("PORT", "0", "1 到 65535"),
        ("PORT", "70000", "1 到 65535"),
        ("PORT", "8" * 5000, "1 到 65535"),
        ("PORT", "８０００", "1 到 65535"),
        ("SANDBOX_PORT", "8000", "PORT"),
        ("HOST", "a b", "127.0.0.1"),
        ("DEMO", "maybe", "1 或 0"),
        ("DATABASE_URL", "mysql://u@h/d", "postgres://"),
        ("DATABASE_URL", "postgres://", "postgres://"),
        ("DATABASE_URL", "postgres://u:p@h:notaport/d", "postgres://"),
        ("REDIS_URL", "localhost:6379", "redis://"),
        ("PUBLIC_URL", "ftp://here", "https://"),
        ("STORE_URL", "ftp://store", "s3://"),
        ("WECHAT_BASE_URL", "api.weixin.qq.com", "https://"),
        ("WECHAT_PUSH_AES_KEY", "short", "43"),
        ("DB_POOL", "1", "2 到 200"),
        ("WEB_DIST", "/nowhere/at/all", "index.html"),
        ("VAR", "a\nb", "控制字符"),
        ("DEPARTMENT_XF_KEY", "short", "32"),
    ],
)
def test_bad_settings_are_named(name: str, value: str, should: str) -> None:
    with pytest.raises(SettingError) as refused:
        settings.read({name: value})
    assert refused.value.name == name
    assert name in str(refused.value)
    assert should in refused.value.words


@pytest.mark.parametrize(
    ("more", "name", "code"),
    [
        ({"KEYS_FILE": ""}, "KEYS_FILE", "setting_missing"),
        ({"WECHAT_APPID": "wx1"}, "WECHAT_SECRET", "setting_missing"),
        ({"SMS_BASE_URL": "https://sms.example"}, "SMS_KEY", "setting_missing"),
        ({"WECHAT_SECRET": "short"}, "WECHAT_SECRET", "setting_weak"),
        ({"SMS_KEY": settings.SANDBOX_SMS_KEY}, "SMS_KEY", "setting_weak"),
        ({"DEPARTMENT_XF_KEY": "k" * 40}, "DEPARTMENT_XF_URL", "setting_missing"),
        (
            {
                "WECHAT_APPID": settings.SANDBOX_APPID,
                "WECHAT_SECRET": "s" * 32,
                "WECHAT_PUSH_TOKEN": "t",
                "WECHAT_PUSH_AES_KEY": "a" * 43,
            },
            "WECHAT_APPID",
            "setting_weak",
        ),
    ],
)
def test_a_real_house_refuses_half_and_sandbox_values(more: dict[str, str], name: str, code: str) -> None:
    with pytest.raises(SettingError) as refused:
        settings.read({**REAL, **more})
    assert (refused.value.name, refused.value.code) == (name, code)


def test_the_store_is_a_folder_or_a_bucket() -> None:
    assert settings.read({"STORE_URL": "file:///data/store"}).store_url == "/data/store"
    assert settings.read({"STORE_URL": "/data/store"}).store_url == "/data/store"
    assert settings.read({"STORE_URL": "s3://bucket/house"}).store_url == "s3://bucket/house"


def test_a_bad_address_is_not_repeated_for_it_may_hold_a_password() -> None:
    with pytest.raises(SettingError) as refused:
        settings.read({"DATABASE_URL": "mysql://u:topsecret@h/d"})
    assert "topsecret" not in str(refused.value)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"PORT": "9000", "VAR": "somewhere", "DEPARTMENT_XF_KEY": "k" * 40},
        {
            **REAL,
            "WECHAT_BASE_URL": "https://wx.example",
            "DEPARTMENT_XF_KEY": "k" * 40,
            "DEPARTMENT_XF_URL": "https://x",
        },
    ],
)
def test_children_read_the_same_settings(
    given: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = settings.read(given)
    assert settings.read(found.environ()) == found

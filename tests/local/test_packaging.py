"""What is shipped: the image, the compose file, the Makefile, the pinned lists."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

HOME = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = YAML(typ="safe").load(HOME / "compose.yaml")
DOCKERFILE = (HOME / "Dockerfile").read_text()
LISTS = ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"]


def stage(name: str) -> str:
    """The lines of one build stage, continued lines joined."""
    joined = DOCKERFILE.replace("\\\n", " ")
    found = re.search(rf"^FROM \S+ AS {name}$(.*?)(?=^FROM |\Z)", joined, re.M | re.S)
    assert found, name
    return found[1]


def test_image_runs_as_nobody_special_with_a_health_check() -> None:
    runtime = stage("runtime")
    assert re.search(r"^USER 10001:10001$", runtime, re.M)
    after = runtime[runtime.index("USER ") :]
    assert "RUN " not in after
    check = re.search(r"^HEALTHCHECK .*CMD \[(.*)\]$", runtime, re.M)
    assert check
    assert "/readyz" in check[1]
    assert "ENTRYPOINT" in after


def test_image_is_built_in_stages_and_carries_no_tools() -> None:
    assert "npm ci" in stage("web")
    assert "--require-hashes" in stage("wheels")
    runtime = stage("runtime")
    assert "npm" not in runtime
    assert "--no-index" in runtime
    assert "sandbox" not in runtime
    assert "tests" not in runtime


def test_everything_the_image_copies_is_there_and_every_package_is_copied() -> None:
    copied = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if re.match(r"COPY (?!--from)", line)]
    names = {name for line in copied for name in line}
    for name in names:
        assert (HOME / name).exists(), name
    for package in ("api/", "models/", "workers/", "gateways/", "local/", "county/", "main.py", "settings.py"):
        assert package in names


def test_image_leaves_secrets_and_data_behind() -> None:
    ignored = (HOME / ".dockerignore").read_text().split()
    assert {".git", "var", ".venv", ".env", "keys*.json", "**/node_modules"} <= set(ignored)
    assert not re.search(r"(SECRET|PASSWORD|_KEY)=", DOCKERFILE)


def test_compose_has_every_part_in_the_right_order() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"postgres", "valkey", "migrate", "api", "worker"}
    assert services["migrate"]["restart"] == "no"
    for name in ("api", "worker"):
        after = services[name]["depends_on"]
        assert after["migrate"]["condition"] == "service_completed_successfully"
        assert after["postgres"]["condition"] == after["valkey"]["condition"] == "service_healthy"
    for name in ("postgres", "valkey", "worker"):
        assert services[name]["healthcheck"]["test"]


def test_compose_opens_one_door_on_this_machine_alone() -> None:
    published = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    assert len(published) == 1
    assert published[0].startswith("127.0.0.1:")


def test_compose_gives_every_part_of_the_house_the_same_settings() -> None:
    services = COMPOSE["services"]
    house = [services[name] for name in ("migrate", "api", "worker")]
    assert all(part["environment"] == house[0]["environment"] for part in house)
    assert all(part["read_only"] and part["cap_drop"] == ["ALL"] for part in house)
    assert {"DATABASE_URL", "REDIS_URL", "KEYS_FILE", "STORE_URL", "PUBLIC_URL"} <= set(house[0]["environment"])
    password = services["postgres"]["environment"]["POSTGRES_PASSWORD"]
    assert password.startswith("${POSTGRES_PASSWORD:?")
    assert house[0]["environment"]["KEYS_FILE"] == "/run/secrets/keys"


@pytest.mark.parametrize("name", LISTS)
def test_every_package_is_pinned_by_hash_and_no_address_is_named(name: str) -> None:
    text = (HOME / name).read_text()
    assert "://" not in text
    assert not re.search(r"^-|--(extra-)?index|--find-links", text, re.M)
    pinned = re.findall(r"^[A-Za-z0-9][^\s]*==\S+.*?(?=^[A-Za-z0-9]|\Z)", text, re.M | re.S)
    assert pinned
    for package in pinned:
        assert "--hash=sha256:" in package, package[:60]


def test_makefile_prints_every_target_it_has() -> None:
    text = (HOME / "Makefile").read_text()
    shown = subprocess.run(["make"], cwd=HOME, capture_output=True, text=True, check=True).stdout
    phony = re.search(r"^\.PHONY: (.*)$", text, re.M)
    assert phony
    for target in phony[1].split():
        assert f"make {target} " in shown
    assert {"run", "test", "lint", "bench", "promises", "walk"} <= set(phony[1].split())


def test_ci_calls_the_readme_test_command_and_is_sound_shell() -> None:
    script = HOME / ".ci" / "run"
    text = script.read_text()
    assert "set -euo pipefail" in text
    assert re.search(r"^make test$", text, re.M)
    assert re.search(r"^make lint$", text, re.M)
    assert "CI=true" in text
    assert script.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", str(script)], check=True)

"""One running house for the walks of a test process, Chromium, and the photographs that are handed in."""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.walks.browser import Chrome, chromium
from tests.walks.house import BUILD, NotBuilt, Run, running, web_app
from tests.walks.pictures import Pictures


def _leave_out(words: str) -> None:
    """Without Chromium or the web app the browser walks are left out, loudly; never where CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(words)
    warnings.warn(f"*** {words}: THE BROWSER WALKS ARE LEFT OUT ***", stacklevel=2)
    pytest.skip(words)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The run.json of a house of our own; `web` says whether the web app is there."""
    web: Path | None = None
    try:
        web = web_app()
    except NotBuilt as error:
        warnings.warn(f"no web app: {error}", stacklevel=1)
    with running(tmp_path_factory.mktemp("house") / "var", web) as run:
        yield {**run, "web": web is not None}


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    return Pictures(tmp_path_factory.mktemp("photographs"))


@pytest.fixture(scope="module")
def chrome(request: pytest.FixtureRequest) -> Iterator[Chrome]:
    path = chromium()
    if path is None:
        _leave_out("no Chromium found")
    house: Run = request.getfixturevalue("house")
    if not house["web"]:
        _leave_out("the web app cannot be built here")
    album = Path(os.environ.get("VAR") or BUILD) / "pictures"
    with Chrome.opened(str(path), house, album) as chrome:
        yield chrome
    print(f"\nthe pictures are in {album}")

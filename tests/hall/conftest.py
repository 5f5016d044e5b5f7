from collections.abc import Iterator

import pytest
import time_machine

from tests.desk.door import desk
from tests.hall.house import MORNING

__all__ = ["desk"]


@pytest.fixture(autouse=True)
def morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING) as clock:
        yield clock

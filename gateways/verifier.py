"""Whether a name and an ID number belong together: asked of the authorised provider the county has a contract with.

Which provider that is (the police's identity service, WeChat's face check) is the county's choice, so the house knows
only this Protocol. Without one, `FormVerifier` looks at the form alone; a counter can always raise the assurance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Protocol

from stdnum.iso7064 import mod_11_2


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer: whether they agree, and how strongly it was checked (`name` by records, `face` by a live face)."""

    agrees: bool
    assurance: Literal["name", "face"] = "name"


class Verifier(Protocol):
    """A provider. May raise GatewayError when it cannot be reached: then nothing is recorded."""

    async def check(self, name: str, id_number: str) -> Verdict: ...


class FormVerifier:
    """No provider: 18 characters, right check character, a name that is not empty. It cannot know whose card it is."""

    async def check(self, name: str, id_number: str) -> Verdict:
        good = bool(name.strip()) and re.fullmatch(r"[1-9][0-9]{16}[0-9X]", id_number) is not None
        return Verdict(good and mod_11_2.is_valid(id_number))

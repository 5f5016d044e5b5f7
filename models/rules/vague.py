"""Words that leave the citizen guessing: catch-all phrases a published list may not contain (R15)."""

from __future__ import annotations

import re

# 等 that only ends a list; not 等级, 等待, 平等 ...
CATCH_ALL = re.compile(
    r"其他(?:有关|相关|必要|需要|证明)?(?:的)?(?:材料|资料|文件|证件|手续)"
    r"|其它(?:有关|相关)?(?:材料|资料|文件)"
    r"|(?:有关|相关)(?:证明)?(?:材料|资料|文件|证件)"
    r"|视(?:具体)?情况|根据(?:实际)?(?:需要|情况)|按(?:照)?有关规定|必要时|如有需要|需要的话"
    r"|(?:(?<![平同相中初高对均何优劣])|(?<=合同))等(?![级待同效额分候于离高])"
)


def vague(text: str) -> str:
    """The first vague phrase in the text, empty when there is none."""
    found = CATCH_ALL.search(text)
    return found[0] if found else ""

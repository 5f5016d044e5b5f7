"""Words that leave the citizen guessing: catch-all phrases a published list may not contain (R15)."""

from __future__ import annotations

import re

_THINGS = "(?:材料|资料|文件|证件|手续|证明|凭证|物品|东西)"

CATCH_ALL = re.compile(
    # 其他材料, 其它有关资料, 法律规定的其他文件
    rf"其[他它余](?:有关|相关|必要|需要|证明|规定|要求)?(?:的)?(?:证明)?{_THINGS}"
    rf"|(?:有关|相关|相应|必要|所需)(?:的)?(?:证明)?{_THINGS}"
    # whoever reads it cannot know what will be asked
    r"|视(?:具体|实际)?情况|视需要|酌情|根据(?:实际|具体)?(?:需要|情况)|按(?:照)?(?:有关|相关)?(?:规定|要求)(?:提供|提交|办理)"
    r"|按(?:照)?(?:有关|相关)规定|必要时|如有需要|需要的话|另行(?:通知|要求|补充)|以(?:窗口|现场|实际|工作人员)[^，。；]{0,6}为准"
    r"|(?:法律|法规|规章|部门|单位|机关)(?:、[^，。；]{1,8})?(?:规定|要求|认为)[^，。；]{0,6}的?其[他它]|其[他它]需要[^，。；]{0,8}的"
    # 等 that only ends a list; not 等级, 等待, 平等 ...
    r"|(?:(?<![平同相中初高对均何优劣])|(?<=合同))等(?![级待同效额分候于离高])"
    r"|之类(?:的)?|以及其[他它]|及其[他它](?!人)"
)


def vague(text: str) -> str:
    """The first vague phrase in the text, empty when there is none."""
    found = CATCH_ALL.search(text)
    return found[0] if found else ""

"""What is typed or scanned into the one field of 查办件 is taken for. Pure."""

import re

from models.base import Refusal
from models.rules.projects import parse_code

PROJECT = "项目代码"


def project_code(text: str) -> str:
    """The code of an investment project as it is kept; empty when this is none (it is told by its hyphens)."""
    if not re.search("[-‐‑‒–—―−]", text):
        return ""
    try:
        return parse_code(text)
    except Refusal:
        return ""


def taken_for(text: str) -> str:
    """What was typed or scanned: 证件号, 手机号, 项目代码, 办件号, 姓名; empty for nothing."""
    asked = "".join(text.split())
    if project_code(text):
        return PROJECT
    if len(asked) == 18 and asked[:17].isdigit():
        return "证件号"
    if len(asked) == 11 and asked.isdigit() and asked.startswith("1"):
        return "手机号"
    if asked.isascii() and any(ch.isdigit() for ch in asked):
        return "办件号"
    return "姓名" if asked else ""

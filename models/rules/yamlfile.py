"""A YAML file with its line numbers: what is wrong is told by file and line. Pure: gets the text, reads no disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

LARGEST = 4_000_000
DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, what, and what to do about it. `line` counts from 1, 0 when there is none."""

    file: str
    line: int
    what: str
    cure: str
    code: str = "bad_value"

    @property
    def words(self) -> str:
        where = f"{self.file} 第{self.line}行" if self.line else self.file
        return f"{where}：{self.what}。改法：{self.cure}"


@dataclass
class Source:
    """One parsed file: plain values in `data`, places in `tree`."""

    file: str
    tree: Any = None
    data: Any = None
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Sequence[str | int]) -> int:
        """The line of a value by its path; of the nearest thing above it when the value is absent."""
        node, line = self.tree, 1
        for step in path:
            try:
                line = node.lc.key(step)[0] + 1 if isinstance(node, CommentedMap) else node.lc.item(step)[0] + 1
                node = node[step]
            except (KeyError, IndexError, TypeError, AttributeError):
                break
        return line

    def problem(self, path: Sequence[str | int], what: str, cure: str, code: str = "bad_value") -> Problem:
        return Problem(self.file, self.line(path), what, cure, code)


def parse(file: str, text: str) -> Source:
    """Read one file. What YAML itself refuses becomes a Problem; the values come back plain (dict, list, str ...)."""
    source = Source(file)
    if len(text) > LARGEST:
        source.problems.append(Problem(file, 0, "文件太大", "一个文件不超过4MB，按部门分开写"))
        return source
    try:
        source.tree = YAML(typ="rt").load(text)
        source.data = _plain(source.tree)
    except DuplicateKeyError as error:
        source.problems.append(_mark(file, error, "同一栏写了两次", "删掉其中一个", "duplicate_key"))
    except MarkedYAMLError as error:
        what = "这里的写法不对，读不下去"
        cure = "看这一行和上一行的缩进、冒号后的空格、引号和括号是不是成对"
        source.problems.append(_mark(file, error, what, cure, "bad_yaml"))
    except (YAMLError, ValueError, RecursionError) as error:
        cure = "换成UTF-8文本，按说明书的样子写"
        source.problems.append(Problem(file, 0, f"读不了：{str(error)[:80]}", cure, "bad_yaml"))
    if not source.problems and not isinstance(source.data, dict):
        source.problems.append(Problem(file, 1, "文件里没有内容", "照说明书的样子写，或删掉这个文件", "empty_file"))
    return source


def _mark(file: str, error: MarkedYAMLError, what: str, cure: str, code: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    return Problem(file, mark.line + 1 if mark else 0, what, cure, code)


def _plain(node: Any, depth: int = 0) -> Any:
    if depth > DEEPEST:
        raise ValueError("套得太深")
    if isinstance(node, CommentedMap):
        return {str(key) if isinstance(key, str) else key: _plain(value, depth + 1) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(value, depth + 1) for value in node]
    if isinstance(node, bool) or node is None:
        return node
    for kind in (str, int, float):
        if isinstance(node, kind):
            return kind(node)
    return node

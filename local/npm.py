"""`python -m local.npm WORDS ...`: npm in the app's folder, with the Node of this machine or of the wheel."""

import os
import subprocess
import sys

from local.node import Node, find
from settings import HOME


def environ(node: Node) -> dict[str, str]:
    """The tools find this very Node first, and with CI=1 do not phone home."""
    path = f"{node.node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**os.environ, "CI": "1", "PATH": path}


def main(argv: list[str]) -> int:
    node = find()
    if node is None:
        print("这台机器上没有 Node 20 或更新的版本")
        return 1
    return subprocess.call([*node.npm, *argv], cwd=HOME / "miniprogram", env=environ(node))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

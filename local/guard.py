"""A command whose whole family goes when we go: `python -m local.guard COMMAND ...`.

npm starts programs of its own. This process leads their group, is told when its parent is gone, and ends them all.
"""

import os
import signal
import subprocess
import sys
from types import FrameType


def end_all(_number: int, _frame: FrameType | None) -> None:
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main(argv: list[str]) -> int:
    """The command's exit status. Must have been started in a session of its own."""
    if os.getpgrp() != os.getpid():
        os.setpgrp()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end_all)
    return subprocess.call(argv, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`make walk`: the whole journey against a running house, or against one started for it; ARGS names another walk."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.walks import birth, project, tolerance
from tests.walks.journey import walk

HOME = Path(__file__).parents[2]


def running(var: Path) -> dict[str, Any] | None:
    """The run.json of a house that is up in this data folder."""
    try:
        found: dict[str, Any] = json.loads((var / "run.json").read_text())
        os.kill(found["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return found


def main() -> int:
    var = Path(os.environ.get("VAR", HOME / "var"))
    found, started = running(var), None
    if found is None:
        print("没有正在运行的一门，先启动一个 …", flush=True)
        started = subprocess.Popen([sys.executable, "main.py", "run"], cwd=HOME, stdout=subprocess.DEVNULL)
        while (found := running(var)) is None and started.poll() is None:
            time.sleep(0.2)
    if found is None:
        print("一门没有启动成功，请先单独执行 make run 看原因", file=sys.stderr)
        return 1
    try:
        return report(found)
    finally:
        if started:
            started.send_signal(signal.SIGTERM)
            started.wait(30)


LAW = {"tolerance": tolerance.walk, "birth": birth.walk, "project": project.walk}


def report(run: dict[str, Any]) -> int:
    """Walk what was asked for, and print what everybody saw."""
    began = time.monotonic()
    for name in sys.argv[1:]:
        if name not in LAW:
            print(f"没有这一趟：{name}。有：{'、'.join(LAW)}", file=sys.stderr)
            return 2
        with tempfile.TemporaryDirectory() as folder:
            LAW[name](
                run, Path(folder), lambda words: print(f"  {time.monotonic() - began:5.1f} 秒  {words}", flush=True)
            )
    return 0 if sys.argv[1:] else journey(run, began)


def journey(run: dict[str, Any], began: float) -> int:
    with tempfile.TemporaryDirectory() as folder:
        seen = walk(
            run, Path(folder), lambda words: print(f"  {time.monotonic() - began:5.1f} 秒  {words}", flush=True)
        )
    case = seen["case"]
    print(f"\n李秀英的经过　{case['number']}　{case['title']}")
    for event in case["timeline"]:
        print(
            f"  {event['at'][:16].replace('T', ' ')}  {event['words']}"
            + (f"（{event['note']}）" if event["note"] else "")
        )
    print("\n手机收到的消息")
    for message in seen["messages"]:
        said = message.get("data") or message.get("text") or ""
        words = "　".join(str(v) for v in said.values()) if isinstance(said, dict) else str(said)
        print(f"  {message['kind']}  {words}")
    print("\n消防大队系统的记录")
    for event in seen["department"]["items"][-6:]:
        print(f"  {event.get('event')}  {event.get('answered', event.get('status', ''))}")
    print(f"\n凭编号和密码查：{seen['progress']['state_words']}，{len(seen['progress']['timeline'])} 条经过")
    return 0


if __name__ == "__main__":
    sys.exit(main())

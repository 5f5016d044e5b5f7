"""The machine a figure was taken on, and how much memory its processes hold."""

import os
import platform
import re
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")


def machine() -> str:
    """The processor's name, cores, system, Python and load, as far as the system tells."""
    name = re.search(r"model name\s+: (.+)", CPUINFO.read_text()) if CPUINFO.exists() else None
    load = " ".join(f"{part:.1f}" for part in os.getloadavg())
    cpu = name[1] if name else platform.processor()
    return f"{cpu}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, load {load}"


def held(pid: int) -> tuple[float, float]:
    """MB of a process: resident (shared pages counted whole), and its share of them (PSS). Linux."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return _mb(text, "Rss"), _mb(text, "Pss")


def most(pid: int) -> float:
    """MB a process has held at most since it began. Linux."""
    return _mb(Path(f"/proc/{pid}/status").read_text(), "VmHWM")


def waited(pid: int) -> float:
    """Seconds a process has been ready to run while others had the processor. Linux."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9


def children(pid: int) -> list[int]:
    """The living children of a process. Linux."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text()
        except OSError:
            continue
        if int(stat.rpartition(")")[2].split()[1]) == pid:
            found.append(int(entry.name))
    return found


def _mb(text: str, key: str) -> float:
    found = re.search(rf"^{key}:\s+(\d+) kB", text, re.M)
    return int(found[1]) / 1024 if found else 0.0

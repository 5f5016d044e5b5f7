"""The benchmark's arithmetic, and that it sees the memory and the children of a process."""

import os
import subprocess
import sys

import pytest

from bench.figures import Figure, middle, percentile
from bench.machine import children, held, machine, most, waited


def test_medians_and_percentiles_are_nearest_rank() -> None:
    seconds = [n / 1000 for n in range(1, 101)]
    assert middle("x", seconds, 100).value == pytest.approx(50.5)
    assert percentile("x", seconds, 0.99).value == pytest.approx(99.0)
    assert percentile("x", seconds[:1], 0.99).value == pytest.approx(1.0)
    assert percentile("x", seconds, 0.99).name == "x, p99"


def test_a_line_says_measured_limit_ratio_and_whether_it_holds() -> None:
    assert "0.50  holds" in Figure("x", 50, "ms", 100, 3).line()
    assert "1.01  MISSED" in Figure("x", 101, "ms", 100, 3).line()
    assert "holds" not in Figure("x", 50, "ms").line()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_and_children_are_seen() -> None:
    code = "x = b'1' * (60 << 20); print('full', flush=True); input()"
    pipe = subprocess.PIPE
    child = subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe)
    try:
        assert child.stdout is not None and child.stdout.readline() == b"full\n"
        resident, share = held(child.pid)
        assert 60 < share <= resident < 120
        assert child.pid in children(os.getpid())
        assert most(child.pid) >= resident
        assert waited(child.pid) >= 0
    finally:
        child.communicate(b"\n")
    assert child.pid not in children(os.getpid())


def test_the_machine_is_named() -> None:
    assert f"{os.cpu_count()} cores" in machine() and "load" in machine()

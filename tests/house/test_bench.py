"""The benchmark's arithmetic, and that it sees the memory and the children of a process."""

import os
import subprocess
import sys

import pytest

from bench.booking import Rush, figures
from bench.figures import Figure, middle, percentile
from bench.machine import children, held, machine, most, waited
from bench.pgbench import Peer


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


def test_a_rush_is_set_against_the_pgbench_of_its_own_round() -> None:
    ours = [Rush([0.1, 0.3], 50.0, 2.0, 0), Rush([0.2, 0.4], 25.0, 1.0, 4), Rush([0.2, 0.2], 100.0, 4.0, 8)]
    peers = [Peer(1000.0, [0.01]), Peer(400.0, [0.02]), Peer(100.0, [0.03])]
    found = {figure.name: figure.value for figure in figures(ours, peers, peers, 10)}
    assert found["200 clients, 100 places: requests, median"] == pytest.approx(100)
    assert found["  bookings until full, median"] == pytest.approx(50)
    assert found["  asked again after 503, in a round, median"] == pytest.approx(4)
    assert found["  a request, its line before the pool counted, p99"] == pytest.approx(400)
    assert found["ours of pgbench's, requests, median"] == pytest.approx(50)  # 10 %, 50 %, 50 %
    assert found["ours of pgbench's, bookings, median"] == pytest.approx(25)  # 5 %, 25 %, 25 %

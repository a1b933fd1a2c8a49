"""Ports: taken ones are passed over, and no two installations choose the same."""

import subprocess
import sys

from deploy.embedded.ports import FIRST, LAST, free_port, is_free

CHOOSE = "from deploy.embedded.ports import free_port; print(free_port({0})); input()"


def test_a_chosen_port_is_free_and_outside_the_range_of_outgoing_connections() -> None:
    ports = [free_port() for _ in range(50)]
    assert len(set(ports)) == 50
    assert all(FIRST <= port <= LAST and is_free(port) for port in ports)


def test_a_port_that_another_process_has_chosen_but_not_yet_opened_is_passed_over() -> None:
    wanted = free_port()
    choose = [sys.executable, "-c", CHOOSE.format(wanted)]
    with subprocess.Popen(choose, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        chosen = int(other.stdout.readline())
        other.communicate("\n", timeout=10)
    assert chosen != wanted

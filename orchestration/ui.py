"""Dagster's web interface and daemon for one warehouse, on this machine only."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

from orchestration.instance import write_instance
from orchestration.settings import WORKSPACE, Settings, UsageError

_HOST = "127.0.0.1"
_GRACE_SECONDS = 15.0


def serve(settings: Settings, port: int) -> int:
    """Run until interrupted.

    Returns:
        The exit code of the servers; an interrupt counts as done.

    Raises:
        UsageError: the port is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise UsageError(f"Port {port} is taken; name another with --port.") from error
    write_instance(settings)
    environment = {**os.environ, **settings.environment()}
    arguments = ["dev", "-w", str(WORKSPACE), "--host", _HOST, "--port", str(port)]
    # A session of its own, so that every process it starts can be ended together.
    servers = subprocess.Popen(
        [sys.executable, "-m", "dagster", *arguments],
        cwd=settings.dagster_home,
        env=environment,
        start_new_session=True,
    )

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        return servers.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        _end(servers)


def _end(servers: subprocess.Popen[bytes]) -> None:
    """Ask every process of the session to end; after a grace for running steps, make them."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(servers.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            servers.wait(_GRACE_SECONDS)
        # What outlived its leader: a server that is still closing, or one that hangs.
        time.sleep(1)
        os.killpg(servers.pid, signal.SIGKILL)
    servers.wait()

"""``python -m loadtests``: what ``make load`` does, on one machine.

Against the server that runs; without one, against a server of its own on a scratch database, which
is stopped and audited afterwards. Exit status: 0 every promise kept, 1 not, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from loadtests.crew import run_locust
from loadtests.options import USERS, hosts_of
from loadtests.own_server import OwnServer, is_ready
from loadtests.profiles import shipped

OUT = Path("load-report")
WRONG_USAGE = 2


def main() -> int:
    """Run the load and return the exit status."""
    wanted = parser().parse_args()
    talk = sys.stderr if wanted.json else sys.stdout
    out = wanted.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    summary = out / "summary.json"
    summary.unlink(missing_ok=True)
    with ExitStack() as stack:
        own: OwnServer | None = None
        host = wanted.url or f"http://127.0.0.1:{wanted.port}"
        if not all(map(is_ready, hosts_of(host))):
            if wanted.url:
                print(f"no server is ready at {host}", file=sys.stderr)
                return WRONG_USAGE
            print(f"no server at {host}: starting one on a scratch database", file=talk)
            own = stack.enter_context(OwnServer(out / "server.log", wanted.size))
            host = own.host
        status = run_locust(arguments(wanted, host, out), wanted.workers, out, quiet=wanted.json)
        if own is not None:
            audit = own.audit()
            print(f"pos-sim audit: {audit.stdout.strip() or audit.stderr.strip()}", file=talk)
            status = status or audit.returncode
    if not summary.exists():
        print(f"the run ended without a verdict, see {out}", file=sys.stderr)
        return status or 1
    if wanted.json:
        print(summary.read_text("utf-8"), end="")
    print(f"charts: {out / 'report.html'}  figures: {summary}", file=talk)
    return status


def parser() -> argparse.ArgumentParser:
    """Return what the command line understands."""
    parser = argparse.ArgumentParser(prog="python -m loadtests", description=__doc__)
    parser.add_argument("--profile", choices=list(shipped()), default="steady")
    parser.add_argument("--users", type=positive, default=USERS)
    parser.add_argument("--workers", type=positive, default=1, help="Locust worker processes")
    parser.add_argument("--seconds", type=positive, help="instead of the profile's own length")
    parser.add_argument("--port", type=positive, default=8000, help="of a server on this machine")
    parser.add_argument("--url", help="servers that must be running, anywhere; several with commas")
    parser.add_argument("--size", default="county", help="the world of a server of its own")
    parser.add_argument("--shared-permille", type=int, default=0)
    parser.add_argument("--freeze-points", type=int, default=0)
    parser.add_argument("--ui", action="store_true", help="in the browser, see --ui-port")
    parser.add_argument("--ui-port", type=positive, default=8089)
    parser.add_argument("--json", action="store_true", help="the summary as JSON, nothing else")
    parser.add_argument("--out", type=Path, default=OUT, help="folder of the reports")
    return parser


def positive(text: str) -> int:
    """Return a whole number above zero."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def arguments(wanted: argparse.Namespace, host: str, out: Path) -> list[str]:
    """Return the arguments of Locust: what is asked for, and where the reports go."""
    chosen = ["--load-profile", wanted.profile, "--users", str(wanted.users), "--host", host]
    chosen += ["--shared-permille", str(wanted.shared_permille)]
    chosen += ["--freeze-points", str(wanted.freeze_points)]
    chosen += ["--summary-json", str(out / "summary.json"), "--html", str(out / "report.html")]
    chosen += ["--csv", str(out / "locust"), "--only-summary", "--loglevel", "WARNING"]
    if wanted.seconds:
        chosen += ["--run-time", f"{wanted.seconds}s"]
    return chosen + (["--web-port", str(wanted.ui_port)] if wanted.ui else ["--headless"])


if __name__ == "__main__":
    # Whoever ends this ends Locust and a server of its own with it.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(128 + signal.SIGTERM))
    try:
        sys.exit(main())
    except subprocess.SubprocessError as error:
        print(error, file=sys.stderr)
        sys.exit(1)

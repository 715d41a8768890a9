#!/usr/bin/env python3
"""Plans invented caseloads of more and more forces, up to a country: seconds and peak memory.

    cargo build --release --locked
    python benches/national.py                       1, 4, 11 and 43 forces of 1,628 offenders: 70,004 in the end
    python benches/national.py --forces 43 --show    with the program's own progress

On SQLite, with the default days and iterations of `plan`. The bar is ten minutes and 2 GiB on two cores for 43 forces.
"""

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[1] / "target" / "release" / "mosovo-visits"
CLOCK = "2021-04-15T09:00:00+01:00"


def measured(folder, show, *arguments):
    """Seconds, and the peak of memory in MiB."""
    environment = {**os.environ, "MOSOVO__DATABASE__URL": f"sqlite://{folder}/national.sqlite", "MOSOVO__CLOCK__FIXED_AT": CLOCK}
    began = time.monotonic()
    with open(folder / "out", "wb") as out:
        run = subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=folder, env=environment, stdout=out,
                               stderr=None if show else subprocess.DEVNULL)
        _, status, used = os.wait4(run.pid, 0)
    if status:
        raise SystemExit(f"{arguments[0]} failed")
    return time.monotonic() - began, used.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forces", nargs="*", type=int, default=[1, 4, 11, 43])
    parser.add_argument("--offenders", type=int, default=1628)
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    print("| forces | offenders | import, s | plan, s | plan, s a force | peak memory, MiB |\n| --- | --- | --- | --- | --- | --- |")
    for forces in asked.forces:
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            measured(folder, False, "generate", "--forces", forces, "--offenders", asked.offenders, "--as-at", CLOCK[:10], "--out", "feed.ndjson")
            measured(folder, False, "migrate")
            importing, _ = measured(folder, asked.show, "import", "feed.ndjson")
            planning, memory = measured(folder, asked.show, "plan")
            print(f"| {forces} | {forces * asked.offenders:,} | {importing:.1f} | {planning:.1f} | {planning / forces:.1f} | {memory:.0f} |", flush=True)


if __name__ == "__main__":
    main()

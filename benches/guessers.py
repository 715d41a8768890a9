#!/usr/bin/env python3
"""Measures how often guessers find the day or the hour of an unannounced visit, where there is room to choose it.

    cargo build --release --locked
    python benches/guessers.py                     three fresh seeds
    python benches/guessers.py --seeds 7 8 9       given ones

The caseloads are invented ones with every officer doubled, and in their steady state: whoever is visited by their plan was last seen a
random part of their interval ago, so that no team has a backlog that leaves its visits no choice of day. Deterministic in the seeds:
plans are made with so many iterations, not so many seconds.
"""

import argparse
import copy
import json
import os
import random
import statistics
import subprocess
import tempfile
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[1] / "target" / "release" / "mosovo-visits"
TODAY = date(2021, 4, 15)


def run(folder, *arguments):
    environment = {**os.environ, "MOSOVO__DATABASE__URL": f"sqlite://{folder}/guessers.sqlite",
                   "MOSOVO__CLOCK__FIXED_AT": f"{TODAY}T09:00:00+01:00"}
    done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=folder, env=environment, check=True, stdout=subprocess.PIPE)
    return done.stdout


def moved(day, by):
    return (date.fromisoformat(day) + by).isoformat()


def settle(snapshot, chance):
    """Doubles the officers, and puts each visit that a plan's interval asks for at a random part of its interval."""
    for officer in copy.deepcopy(snapshot["officers"]):
        snapshot["officers"].append({**officer, "officer_ref": officer["officer_ref"] + "-too"})
    for demand in snapshot["demands"]:
        why = demand["why"]
        if why["rule"] != "plan_interval" or why["counted_from"] != why["last_qualifying_visit_on"]:
            continue
        ago = timedelta(days=chance.randrange(1, why["interval"]["interval_days"]))
        by = TODAY - ago - date.fromisoformat(why["counted_from"])
        for place, members in ((why, ("counted_from", "last_qualifying_visit_on")), (demand["window"], ("earliest", "ideal", "latest"))):
            for member in members:
                place[member] = moved(place[member], by)
        for seen in demand["seen"]:
            seen["date"] = moved(seen["date"], by)
    until = snapshot["horizon"]["until"]
    snapshot["demands"] = [demand for demand in snapshot["demands"] if demand["window"]["earliest"] <= until]


def guessed(seed, offenders, days, iterations):
    """Hits, guesses and hits by chance of each guesser, over all teams of a caseload."""
    totals = defaultdict(lambda: [0, 0, 0.0])
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        run(folder, "generate", "--seed", seed, "--offenders", offenders, "--as-at", TODAY, "--out", "feed.ndjson")
        run(folder, "migrate")
        run(folder, "import", "feed.ndjson")
        run(folder, "plan", "--days", days, "--iterations", 0, "--snapshot-out", "taken.json", "--format", "json")
        chance = random.Random(seed)
        for snapshot in json.loads((folder / "taken.json").read_text())["snapshots"]:
            settle(snapshot, chance)
            (folder / "snapshot.json").write_text(json.dumps(snapshot))
            proposal = run(folder, "plan", "--snapshot", "snapshot.json", "--seed", seed, "--iterations", iterations, "--format", "json")
            (folder / "proposal.json").write_bytes(proposal)
            judged = json.loads(run(folder, "check", "--snapshot", "snapshot.json", "proposal.json", "--format", "json"))
            for told in judged["guessed"]:
                total = totals[told["guesser"]]
                total[0] += told["hits"]
                total[1] += told["guesses"]
                total[2] += told["by_chance"]
    return totals


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", nargs="*", type=int)
    parser.add_argument("--offenders", type=int, default=7200)
    parser.add_argument("--days", type=int, default=91)
    parser.add_argument("--iterations", type=int, default=20000)
    asked = parser.parse_args()
    seeds = asked.seeds or [random.SystemRandom().randrange(10**6) for _ in range(3)]
    print("seeds", *seeds)
    runs = [guessed(seed, asked.offenders, asked.days, asked.iterations) for seed in seeds]
    print("\n| guesser | guesses | right, % | by chance, % | points over chance |\n| --- | --- | --- | --- | --- |")
    for guesser in runs[0]:
        rows = [(total[1], 100 * total[0] / total[1], 100 * total[2] / total[1])
                for total in (run[guesser] for run in runs) if total[1]]
        if rows:
            guesses = [row[0] for row in rows]
            right, chance = (statistics.median(row[at] for row in rows) for at in (1, 2))
            over = [row[1] - row[2] for row in rows]
            print(f"| `{guesser}` | {min(guesses)} to {max(guesses)} | {right:.1f} | {chance:.1f} | "
                  f"{statistics.median(over):+.1f} ({min(over):+.1f} to {max(over):+.1f}) |")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Compares the planner with PyVRP, VROOM and OR-Tools on the same instances, one core each, judged by one evaluator.

    pip install -r benches/peers/requirements.txt
    cargo build --release --locked
    python benches/peers/compare.py                         every class, three fresh seeds: about an hour and a half
    python benches/peers/compare.py --kinds 28-loose        one class
    python benches/peers/compare.py --seeds 7 8 --write     given seeds, and the table put into docs/BENCHMARKS.md

Fresh seeds are drawn and printed, so that a table can be made again. A solver's plan that breaks a rule counts as a defeat and
is shown as broken.
"""

import argparse
import random
import re
import statistics
import sys
import time
from pathlib import Path

import solvers
from evaluator import evaluate
from instance import KINDS, Instance

TABLE = Path(__file__).resolve().parents[2] / "docs" / "BENCHMARKS.md"

# Which solver runs on which classes, and for how many seconds.
PLANNER = {"short": 30, "else": 10}
PEERS = [("PyVRP", solvers.pyvrp, 60, lambda kind: not kind.hours),
         ("VROOM", solvers.vroom, 30, lambda kind: True),
         ("OR-Tools", solvers.or_tools, 60, lambda kind: True)]


def runs(kind):
    """Name, solver, seconds."""
    seconds = PLANNER["else" if kind.all_are_served else "short"]
    yield f"planner, {seconds} s", solvers.planner, seconds
    for name, solver, seconds, takes in PEERS:
        if takes(kind):
            yield f"{name}, {seconds} s", solver, seconds


def measured(instance, solver, seconds):
    began = time.monotonic()
    try:
        return evaluate(instance, solver(instance, seconds, instance.seed)), time.monotonic() - began
    except Exception as broken:  # whatever goes wrong in a solver is that solver's defeat, and the others go on
        print(f"    BROKEN: {broken}", flush=True)
        return None, time.monotonic() - began


def spread(numbers):
    """Median, and from the least to the most."""
    if not numbers:
        return ""
    low, middle, high = min(numbers), statistics.median(numbers), max(numbers)
    return f"{middle:.1f} ({low:.1f} to {high:.1f})"


def rows(kind, seeds):
    """Each solver's results on a class, as rows of a table."""
    names = [name for name, *_ in runs(kind)]
    results = {name: [] for name in names}
    took = {name: [] for name in names}
    visits = []
    for seed in seeds:
        instance = Instance(kind, seed)
        visits.append(len(instance.visits))
        for name, solver, seconds in runs(kind):
            result, seconds_taken = measured(instance, solver, seconds)
            results[name].append(result)
            took[name].append(seconds_taken)
            print(f"  {kind.name} seed {seed}, {len(instance.visits)} visits: {name:<16} {result} in {seconds_taken:.0f} s", flush=True)
    ours = results[names[0]]
    for name in names:
        theirs = results[name]
        if None in theirs:
            yield [kind.name, name, "broken", "", "", spread(took[name])]
            continue
        hours = [result.travel / 3_600 for result in theirs]
        ratio = [100 * mine.travel / result.travel for mine, result in zip(ours, theirs)
                 if mine and mine.unserved == result.unserved]
        weight = [result.unserved for result in theirs]
        yield [kind.name, name, spread(weight), spread(hours),
               spread(ratio) if name != names[0] else "", spread(took[name])]
    print(f"  {kind.name}: {spread(visits)} visits", flush=True)


HEAD = ["class", "solver", "risk weight of visits not made", "hours on the road", "planner's road in % of this one", "seconds taken"]


def table(lines):
    shown = [HEAD, ["---"] * len(HEAD), *lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in shown)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", nargs="*", choices=KINDS, default=list(KINDS))
    parser.add_argument("--seeds", nargs="*", type=int)
    parser.add_argument("--write", action="store_true", help="put the table into docs/BENCHMARKS.md")
    asked = parser.parse_args()
    seeds = asked.seeds or [random.SystemRandom().randrange(10**6) for _ in range(3)]
    print(f"seeds {' '.join(map(str, seeds))}", flush=True)
    lines = [row for kind in asked.kinds for row in rows(KINDS[kind], seeds)]
    text = f"Seeds {', '.join(map(str, seeds))}; medians, and from the least to the most.\n\n{table(lines)}"
    print(text)
    if asked.write:
        marks = r"(<!-- peers -->\n).*?(\n<!-- /peers -->)"
        document = TABLE.read_text()
        if not re.search(marks, document, re.S):
            sys.exit(f"{TABLE} has no place for the table")
        TABLE.write_text(re.sub(marks, lambda found: found[1] + text + found[2], document, flags=re.S))


if __name__ == "__main__":
    main()

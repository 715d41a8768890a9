"""The solvers: each is given an instance and seconds on one core, and gives routes: crew-day, visits in order."""

import json
import os
import subprocess
import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy

from instance import DAY, FIRST_DAY

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "target" / "release" / "mosovo-visits"


def planner(instance, seconds, seed):
    """This project's planner, as anybody would run it on a snapshot."""
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Path(folder) / "snapshot.json"
        snapshot.write_text(json.dumps(instance.snapshot()))
        environment = {**os.environ, "RAYON_NUM_THREADS": "1"}
        command = [PROGRAM, "plan", "--snapshot", snapshot, "--seconds", str(seconds), "--seed", str(seed), "--format", "json"]
        proposal = json.loads(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout)
    number = {demand["offender_ref"]: at for at, demand in enumerate(instance.demands)}
    by_crew = {}
    for visit in sorted(proposal["visits"], key=lambda visit: (visit["date"], visit["start"])):
        by_crew.setdefault((visit["date"], tuple(visit["crew"])), []).append(number[visit["offender_ref"]])
    routes = []
    for (on, crew), route in by_crew.items():
        # Officers of the same hours are paired anew each day: the pair's shift is the one that both have.
        begin, end = instance.shifts[int(crew[0][3:]) // 2]
        assert (begin, end) == instance.shifts[int(crew[1][3:]) // 2], "officers of different shifts were paired"
        day = (date.fromisoformat(on) - FIRST_DAY).days
        routes.append(((day, day * DAY + begin * 3_600, day * DAY + end * 3_600), route))
    return routes


def pyvrp(instance, seconds, seed):
    """PyVRP: hybrid genetic search and iterated local search. One window a visit: day windows only."""
    import pyvrp as vrp
    from pyvrp.stop import MaxRuntime

    matrix = numpy.array(instance.matrix, dtype=numpy.int64)
    clients = []
    for number, visit in enumerate(instance.visits):
        [(opens, closes)] = instance.windows(visit)
        # A window of PyVRP is for the beginning, the instance's for the whole visit.
        clients.append(vrp.Client(number + 1, service_duration=visit.seconds, tw_early=opens, tw_late=closes - visit.seconds,
                                  prize=visit.weight * 100_000, required=False))
    crew_days = sorted(set(instance.crew_days()))
    kinds = [vrp.VehicleType(instance.crew_days().count(crew_day), tw_early=crew_day[1], tw_late=crew_day[2])
             for crew_day in crew_days]
    # Places matter to its neighbourhoods only by the matrix.
    places = [vrp.Location(*instance.place(at)) for at in range(len(instance.matrix))]
    data = vrp.ProblemData(places, clients, [vrp.Depot(0)], kinds, [matrix], [matrix])
    found = vrp.solve(data, stop=MaxRuntime(seconds), seed=seed, display=False)
    return [(crew_days[route.vehicle_type()], [stop.idx for stop in route if stop.is_client()]) for route in found.best.routes()]


def vroom(instance, seconds, seed):
    """VROOM: one core, its deepest exploration, stopped after the time. It draws no chance: the seed is not used."""
    import vroom as vrm

    problem = vrm.Input()
    problem.set_durations_matrix("car", numpy.array(instance.matrix, dtype=numpy.uint32))
    crew_days = instance.crew_days()
    for number, (_, begin, end) in enumerate(crew_days):
        problem.add_vehicle(vrm.Vehicle(number, start=0, end=0, time_window=vrm.TimeWindow(begin, end)))
    for number, visit in enumerate(instance.visits):
        # A window of VROOM is for the beginning.
        windows = [vrm.TimeWindow(opens, closes - visit.seconds) for opens, closes in instance.windows(visit)]
        problem.add_job(vrm.Job(number, location=number + 1, default_service=visit.seconds, time_windows=windows,
                                priority=visit.weight))
    found = problem.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
    routes = {}
    for step in found.routes.itertuples():
        if step.type == "job":
            routes.setdefault(step.vehicle_id, []).append(step.id)
    return [(crew_days[vehicle], route) for vehicle, route in routes.items()]


def or_tools(instance, seconds, seed):
    """OR-Tools: guided local search from the cheapest insertion. It draws no chance: the seed is not used."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    crew_days = instance.crew_days()
    manager = pywrapcp.RoutingIndexManager(len(instance.matrix), len(crew_days), 0)
    routing = pywrapcp.RoutingModel(manager)
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(instance.matrix))
    service = [0] + [visit.seconds for visit in instance.visits]
    spent = [[seconds_ + service[at] for seconds_ in row] for at, row in enumerate(instance.matrix)]
    horizon = instance.kind.days * DAY
    routing.AddDimension(routing.RegisterTransitMatrix(spent), horizon, horizon, False, "time")
    time = routing.GetDimensionOrDie("time")
    for vehicle, (_, begin, end) in enumerate(crew_days):
        time.CumulVar(routing.Start(vehicle)).SetRange(begin, end)
        time.CumulVar(routing.End(vehicle)).SetRange(begin, end)
    for number, visit in enumerate(instance.visits):
        index = manager.NodeToIndex(number + 1)
        windows = [(opens, closes - visit.seconds) for opens, closes in instance.windows(visit)]
        time.CumulVar(index).SetRange(windows[0][0], windows[-1][1])
        for (_, closed), (opens, _) in zip(windows, windows[1:]):
            time.CumulVar(index).RemoveInterval(closed + 1, opens - 1)
        routing.AddDisjunction([index], visit.weight * 100_000)
    asked = pywrapcp.DefaultRoutingSearchParameters()
    asked.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    asked.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    asked.time_limit.FromMilliseconds(int(seconds * 1_000))
    found = routing.SolveWithParameters(asked)
    if not found:
        return []
    routes = []
    for vehicle, crew_day in enumerate(crew_days):
        index, route = routing.Start(vehicle), []
        while not routing.IsEnd(index):
            if (node := manager.IndexToNode(index)) > 0:
                route.append(node - 1)
            index = found.Value(routing.NextVar(index))
        routes.append((crew_day, route))
    return routes

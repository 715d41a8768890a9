"""Judges a plan by nothing but the instance: no solver's own word is taken for anything."""

from dataclasses import dataclass

DAY = 86_400


class Broken(Exception):
    """A plan that breaks a rule."""


@dataclass(frozen=True, order=True)
class Result:
    """What a plan comes to: the weight of the visits not made, then the seconds on the road."""

    unserved: int
    travel: int


def evaluate(instance, routes):
    """`routes`: for each crew-day used, the day, its shift, and the visits in order. Each is begun as soon as it can."""
    matrix, visits = instance.matrix, instance.visits
    free = {}
    for day, begin, end in instance.crew_days():
        free[day, begin, end] = free.get((day, begin, end), 0) + 1
    served, travel = set(), 0
    for crew_day, route in routes:
        if not route:
            continue
        if free.get(tuple(crew_day), 0) == 0:
            raise Broken(f"more crews on {crew_day} than there are")
        free[tuple(crew_day)] -= 1
        _, time, end = crew_day
        at = 0
        for visit in route:
            if visit in served:
                raise Broken(f"visit {visit} is made twice")
            served.add(visit)
            time += matrix[at][visit + 1]
            travel += matrix[at][visit + 1]
            at = visit + 1
            begins = [max(time, opens) for opens, closes in instance.windows(visits[visit])
                      if max(time, opens) + visits[visit].seconds <= closes]
            if not begins:
                raise Broken(f"visit {visit} is out of its window")
            time = min(begins) + visits[visit].seconds
        time += matrix[at][0]
        travel += matrix[at][0]
        if time > end:
            raise Broken(f"the crew of {crew_day} is back late")
    unserved = sum(visit.weight for number, visit in enumerate(visits) if number not in served)
    return Result(unserved, travel)

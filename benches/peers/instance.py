"""Instances of the planning problem that other solvers can state too: given crews a day, one visit an offender.

An instance is made from a class and a seed. It is written as the planner's own snapshot, with the parts that no peer has
switched off by policy: breaks, own managers, ideal days, hours drawn for setting out. What is left is a vehicle routing problem with a day window (and, in
some classes, hours) for each visit, in which a visit not made weighs its offender's risk.
"""

import json
import math
import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

POLICY = Path(__file__).resolve().parents[2] / "config" / "policy.json"
FIRST_DAY = date(2026, 1, 5)
BASE = (50.72, -1.98)
DAY = 86_400
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

# Days between visits by level, and each level's share: invented, about what plans of a mixed caseload say.
LEVELS = [("very_high", 30, 3), ("high", 60, 17), ("medium", 110, 40), ("low", 180, 40)]
MINUTES = [30, 45, 45, 60]
HOURS = [("08:00", "12:00"), ("12:00", "16:00"), ("16:00", "20:00")]


@dataclass(frozen=True)
class Kind:
    """A class of instances."""

    name: str
    offenders: int
    days: int
    crews: int
    hours: bool

    @property
    def all_are_served(self):
        return "short" not in self.name


# Crews are about what the caseload needs and a third more, or three quarters of what it needs.
KINDS = {kind.name: kind for kind in [
    Kind("28-loose", 850, 28, 3, False),
    Kind("28-short", 1_200, 28, 2, False),
    Kind("28-hours", 850, 28, 4, True),
    Kind("91-loose", 850, 91, 2, False),
    Kind("91-short", 850, 91, 1, False),
    Kind("91-hours", 850, 91, 3, True),
    Kind("28-loose-3000", 3_000, 28, 13, False),
    Kind("91-hours-3000", 3_000, 91, 10, True),
]}


@dataclass
class Visit:
    """A visit as every solver sees it: where, how long, on which days, at which hours, and what it weighs not to make it."""

    place: tuple
    seconds: int
    first: int
    last: int
    hours: tuple | None
    weight: int


class Instance:
    """An instance: its snapshot for the planner, and its visits, crew-days and matrix for the others."""

    def __init__(self, kind, seed):
        self.kind, self.seed = kind, seed
        self.policy = json.loads(POLICY.read_text())[0]["planning"]
        self.policy["breaks"]["if_longer_than_minutes"] = 24 * 60 - 1
        self.policy["drawn_setting_out_percent"] = 0
        # What a visit not made weighs is its risk, whenever its window ends: that is all that a peer can be told.
        self.policy["unmet_days"] = 10_000
        self.policy["costs"] = dict.fromkeys(self.policy["costs"], 0)
        chance = random.Random(f"{kind.name} {seed}")
        towns = [(BASE[0] + chance.uniform(-0.25, 0.25), BASE[1] + chance.uniform(-0.45, 0.45), chance.uniform(0.01, 0.05))
                 for _ in range(6)]
        self.visits, self.demands = [], []
        for number in range(kind.offenders):
            self.offender(number, towns, chance)
        # The shifts of each crew, the same every working day; every fourth crew is on late where visits have hours.
        late = [kind.hours and crew % 4 == 3 or kind.hours and kind.crews < 4 and crew == 0 for crew in range(kind.crews)]
        self.shifts = [(12, 20) if is_late else (8, 16) for is_late in late]
        self.working_days = [day for day in range(kind.days) if (FIRST_DAY + timedelta(day)).weekday() < 5]
        places = [BASE] + [visit.place for visit in self.visits]
        self.matrix = [[self.travel(a, b) for b in places] for a in places]

    def offender(self, number, towns, chance):
        level, usual, _ = chance.choices(LEVELS, [share for *_, share in LEVELS])[0]
        interval = usual * chance.randrange(70, 130) // 100
        since = chance.randrange(1, interval + interval // 10)
        town = chance.choice(towns)
        if chance.random() < 0.8:
            place = (town[0] + chance.uniform(-town[2], town[2]), town[1] + 1.5 * chance.uniform(-town[2], town[2]))
        else:
            place = (BASE[0] + chance.uniform(-0.3, 0.3), BASE[1] + chance.uniform(-0.5, 0.5))
        minutes = chance.choice(MINUTES)
        hours = chance.choice(HOURS) if self.kind.hours and chance.random() < 0.25 else None
        earliest, ideal, latest = (interval * 8 // 10 - since, interval - since, interval * 115 // 100 - since)
        # Those alone that the horizon owes a visit, with room in it for a working day.
        if ideal >= self.kind.days or latest < 3:
            return
        first, last = max(earliest, 0), min(latest, self.kind.days - 1)
        if last - first < 3:
            first = max(last - 3, 0)
        weight = self.policy["risk_weights"][level]
        self.visits.append(Visit(place, minutes * 60, first, last, hours, weight))
        day = lambda after: (FIRST_DAY + timedelta(after)).isoformat()
        self.demands.append({
            "offender_ref": f"p-{number:04}", "manager_ref": None, "risk": level,
            "place": {"address_ref": f"a-{number:04}", "location": {"latitude": place[0], "longitude": place[1]},
                      "resident_from": day(-400), "resident_until": None},
            "notification_ends_on": None,
            "window": {"earliest": day(first), "ideal": day(min(max(ideal, first), last)), "latest": day(last)},
            "why": {"rule": "plan_interval", "plan_ref": f"pl-{number:04}",
                    "interval": {"interval_days": interval, "earliest_after_days": interval * 8 // 10,
                                 "latest_after_days": interval * 115 // 100},
                    "step_until": None, "counted_from": day(-since), "fact": "last_qualifying_visit", "record_ref": None,
                    "last_qualifying_visit_on": day(-since)},
            "needs": {"duration_minutes": minutes, "crew": 2, "single_crew_approved_by": None, "unannounced": True,
                      "time_windows": [{"weekdays": WEEK[:5], "from": hours[0], "until": hours[1]}] if hours else [],
                      "required_skills": [], "joint_agency": None},
            "recurrence": None,
        })

    def travel(self, a, b):
        """Seconds from one place to another by the policy's road model, in whole minutes: the planner begins visits at whole minutes, and no
        solver gains from finer ones."""
        road = self.policy["travel"]
        rad = math.radians
        h = (math.sin(rad(b[0] - a[0]) / 2) ** 2
             + math.cos(rad(a[0])) * math.cos(rad(b[0])) * math.sin(rad(b[1] - a[1]) / 2) ** 2)
        metres = 2 * 6_371_008.8 * math.asin(min(1.0, math.sqrt(h))) * road["detour_percent"] / 100
        in_town = min(metres, road["town_metres"])
        return math.ceil((in_town * 3.6 / road["town_kmh"] + (metres - in_town) * 3.6 / road["open_kmh"]) / 60) * 60

    def place(self, at):
        """A place of the matrix, the base first."""
        return self.visits[at - 1].place if at else BASE

    def crew_days(self):
        """Every crew-day: the day, and its shift in seconds from the first midnight."""
        return [(day, day * DAY + begin * 3_600, day * DAY + end * 3_600)
                for day in self.working_days for begin, end in self.shifts]

    def windows(self, visit):
        """When a visit may be made, in seconds from the first midnight; whole days where it has no hours."""
        if visit.hours is None:
            return [(visit.first * DAY, (visit.last + 1) * DAY)]
        begin, end = (int(hour[:2]) * 3_600 for hour in visit.hours)
        return [(day * DAY + begin, day * DAY + end) for day in range(visit.first, visit.last + 1) if day in self.working_days]

    def snapshot(self):
        """The instance as the planner's snapshot."""
        clock = lambda hour: f"{hour:02}:00"
        officers = [{"officer_ref": f"om-{crew * 2 + member:02}", "skills": [],
                     "duties": [{"date": (FIRST_DAY + timedelta(day)).isoformat(), "from": clock(shift[0]), "until": clock(shift[1])}
                                for day in self.working_days]}
                    for crew, shift in enumerate(self.shifts) for member in range(2)]
        roads = {"source": {"model": "osrm", "pairs_by_built_in": 0}, "matrix": [row[:at] for at, row in enumerate(self.matrix)]}
        return {"format": "mosovo-visits/snapshot/1", "force": "wessex", "team_ref": "west", "as_of": FIRST_DAY.isoformat(),
                "horizon": {"from": FIRST_DAY.isoformat(), "until": (FIRST_DAY + timedelta(self.kind.days - 1)).isoformat()},
                "base": {"latitude": BASE[0], "longitude": BASE[1]}, "policy_version": "benchmark", "policy": self.policy,
                "roads": roads, "officers": officers, "demands": self.demands, "without_requirement": [], "parent": None}

#!/usr/bin/env python3
"""Takes each scope predicate out in turn and sees to it that a test fails.

A scope predicate is a place where what a reader gets is narrowed to the reader's force, teams, areas or admission.
The table below names every one. The script copies the source into target/scope-predicates, puts a switch into
each predicate of the copy, builds the copy's tests once, and runs them once for each switch. A predicate whose loss
no test notices is a defect, and so is a place that narrows by scope and is not in the table.

    scripts/scope-predicates.py              all of them
    scripts/scope-predicates.py flag         those whose name contains "flag"
    scripts/scope-predicates.py --list       the table alone, held against the source
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPY = ROOT / "target" / "scope-predicates"
SWITCH = "WITHOUT_SCOPE_PREDICATE"

# The stories that are about who sees what, on SQLite alone: both databases are asked the same statements, and the whole suite
# would notice no less and take longer.
STORIES = ["scope", "limited_access", "insiders", "permissions", "dashboards", "schedules", "dip_samples", "briefing",
           "http::flags", "inspection_packs", "case_export", "neighbourhood_intelligence", "allocation", "officers",
           "service_flags", "offender_acts", "http::merges", "http::drift", "nightly_drift", "http::visits", "http::entries", "http::forecasts",
           "http::transfers"]

PROBE = f"""
/// True where the run is without the scope predicate of that name.
#[must_use]
pub fn without(name: &str) -> bool {{
    std::env::var("{SWITCH}").is_ok_and(|taken_out| taken_out == name)
}}

/// The same, as a condition of a statement.
#[must_use]
pub fn sql_without(name: &str) -> diesel::expression::SqlLiteral<diesel::sql_types::Bool> {{
    diesel::dsl::sql(if without(name) {{ "1 = 1" }} else {{ "1 = 0" }})
}}
"""

W = 'crate::without("{name}")'


def teams(text):
    """`if let TeamScope::Only(teams) = &scope.teams {`"""
    return (f"if let TeamScope::Only(teams) = &{text}.teams {{",
            f"if let (TeamScope::Only(teams), false) = (&{text}.teams, {W}) {{")


def force(column, value):
    """`.filter(table::force.eq(value))`"""
    return (f".filter({column}::force.eq({value}))",
            f".filter({column}::force.eq({value}).or(crate::sql_without(\"{{name}}\")))")


def hidden(scope):
    """`if let Some(hidden) = hidden(connection, scope)? {`"""
    return (f"if let Some(hidden) = hidden(connection, {scope})? {{",
            f"if let Some(hidden) = hidden(connection, {scope})?.filter(|_| !{W}) {{")


# (name, file, what stands there, what stands there with the switch, which of several equal places)
PREDICATES = [
    ("record.force", "store/current.rs", *force("current_record", "&scope.force"), 0),
    ("record.hidden", "store/current.rs",
     "(hidden($connection, scope)?, kind)", f"(hidden($connection, scope)?.filter(|_| !{W}), kind)", 0),
    ("record.teams", "store/current.rs",
     "if let (TeamScope::Only(teams), true) = (&scope.teams, of_teams) {",
     f"if let (TeamScope::Only(teams), true) = (&scope.teams, of_teams && !{W}) {{", 0),
    ("standing.force", "store/standing.rs", *force("case_standing", "&scope.force"), 0),
    ("standing.teams", "store/standing.rs",
     "None => question.filter(current_record::team_ref.eq_any(teams)),",
     'None => question.filter(current_record::team_ref.eq_any(teams).or(crate::sql_without("{name}"))),', 0),
    ("standing.hidden", "store/standing.rs", *hidden("scope"), 0),
    ("flag.force", "store/flag_list.rs", *force("flag", "&scope.force"), 0),
    ("flag.teams", "store/flag_list.rs", *teams("scope"), 0),
    ("flag.hidden", "store/flag_list.rs", *hidden("scope"), 0),
    ("flag.force_of_offenders", "store/flag_list.rs", *force("current_record", "force"), 0),
    ("flag_summary.force", "store/flag_list.rs", *force("flag", "&scope.force"), 1),
    ("flag_summary.teams", "store/flag_list.rs", *teams("scope"), 1),
    ("flag_summary.hidden", "store/flag_list.rs", *hidden("scope"), 1),
    ("proposal_list.force", "store/schedule_list.rs", *force("schedule_proposal", "scope.force.clone()"), 0),
    ("proposal_list.teams", "store/schedule_list.rs", *teams("scope"), 0),
    ("proposal.force", "store/schedule.rs", *force("schedule_proposal", "scope.force.clone()"), 0),
    ("proposal.teams", "store/schedule.rs", *teams("scope"), 0),
    ("daily_list.force", "store/planned_visit.rs", *force("planned_visit", "scope.force.clone()"), 0),
    ("daily_list.teams", "store/planned_visit.rs", *teams("scope"), 0),
    ("limited_access.force", "store/limited_access.rs", *force("limited_access", "force"), 1),
    ("limited_access.excluded", "domain/access_restriction.rs",
     "!excluded.contains(officer)", f"(!excluded.contains(officer) || {W})", 0),
    ("limited_access.restricted", "domain/access_restriction.rs",
     "(restricted_to.is_empty() || restricted_to.contains(officer))",
     f"(restricted_to.is_empty() || restricted_to.contains(officer) || {W})", 0),
    ("person.teams", "casework/actor.rs",
     "Role::OffenderManager | Role::Supervisor => TeamScope::Only(self.teams.clone()),",
     f"Role::OffenderManager | Role::Supervisor => if {W} {{ TeamScope::All }} else {{ "
     "TeamScope::Only(self.teams.clone()) },", 0),
    ("act.case_shown", "casework/acting.rs",
     "self.scope.covers(&case.offender.team_ref) && case.records",
     f"(self.scope.covers(&case.offender.team_ref) || {W}) && case.records", 0),
    ("act.case_admits", "casework/acting.rs",
     "case.records.admits(self.person.officer_ref.as_ref())",
     f"(case.records.admits(self.person.officer_ref.as_ref()) || {W})", 0),
    ("drift.force", "store/drift.rs", *force("drift", "scope.force.clone()"), 0),
    ("drift.hidden", "store/drift.rs", *hidden("scope"), 0),
    ("merge.other_side", "casework/merges.rs",
     "Ok(is_gone && !limited_access::is_hidden(connection, &reader.person.case_scope(), &home)?)",
     f"Ok({W} || is_gone && !limited_access::is_hidden(connection, &reader.person.case_scope(), &home)?)", 0),
    ("merge.moved_to", "casework/merges.rs",
     "let is_shown = is_in_scope(connection, reader, &home)? && home != *offender;",
     f"let is_shown = (is_in_scope(connection, reader, &home)? || {W}) && home != *offender;", 0),
    ("merge.admits", "store/limited_access.rs",
     "rules.iter().all(|named| named.admits(officer))",
     f"rules.iter().all(|named| named.admits(officer)) || ({W} && rules.iter().any(|named| named.admits(officer)))", 0),
    ("proposal.asked_for", "casework/schedules/propose.rs",
     "scope.covers(known) && team.is_none_or", f"(scope.covers(known) || {W}) && team.is_none_or", 0),
    ("forecast.force", "store/forecast.rs", *force("forecast", "scope.force.clone()"), 0),
    ("forecast.teams", "store/forecast.rs",
     "!teams.iter().all(|team| scope.covers(team))", f"!teams.iter().all(|team| scope.covers(team) || {W})", 0),
    ("forecast.hidden", "store/forecast.rs", "if tells_of_hidden ||", f"if tells_of_hidden && !{W} ||", 0),
    ("forecast.uncounted", "casework/forecasts/input.rs",
     "hidden.contains(case.offender_ref.as_str())", f"hidden.contains(case.offender_ref.as_str()) && !{W}", 0),
    ("forecast.named", "casework/forecasts/read.rs",
     "named.is_ok_and(|named| offenders.contains(&named))",
     f"named.is_ok_and(|named| offenders.contains(&named) || {W})", 0),
    ("daily_list.own", "casework/schedules/daily_list.rs",
     "matches!(actor, Actor::Person(Person { officer_ref: Some(own), .. }) if own == officer_ref)",
     f"matches!(actor, Actor::Person(Person {{ officer_ref: Some(own), .. }}) if own == officer_ref || {W})", 0),
    ("daily_list.hidden", "casework/schedules/daily_list.rs",
     "let is_hidden = hidden.iter().any(|case| case == visit.offender_ref.as_str());",
     f"let is_hidden = hidden.iter().any(|case| case == visit.offender_ref.as_str()) && !{W};", 0),
    ("post.team", "casework/staff/posts.rs", "|| !scope.covers(team)", f"|| !scope.covers(team) && !{W}", 0),
    ("staff.team", "casework/staff/mod.rs",
     "if in_hand.scope.covers(team) {", f"if in_hand.scope.covers(team) || {W} {{", 0),
    ("caseload.team", "casework/allocations/caseloads.rs",
     "|| !scope.covers(team)", f"|| !scope.covers(team) && !{W}", 0),
    ("allocation_proposal.team", "casework/allocations/proposal.rs",
     "|| !scope.covers(team)", f"|| !scope.covers(team) && !{W}", 0),
    ("allocation.officer", "casework/allocations/allocate.rs",
     "is_none_or(|team| in_hand.scope.covers(team))",
     f"is_none_or(|team| in_hand.scope.covers(team) || {W})", 0),
    ("offender.entered_for", "casework/people/offenders.rs",
     "if !in_hand.scope.covers(&entered.team_ref) {",
     f"if !in_hand.scope.covers(&entered.team_ref) && !{W} {{", 0),
    ("dip_sample.team", "casework/dip_samples/acts.rs",
     "if reader.person.case_scope().covers(team) {", f"if reader.person.case_scope().covers(team) || {W} {{", 0),
    ("dip_sample.drawn", "casework/dip_samples/acts.rs",
     "sample.cases.retain(|case| in_scope.contains(&case.offender_ref))",
     f"sample.cases.retain(|case| in_scope.contains(&case.offender_ref) || {W})", 0),
    ("dip_sample.graded", "casework/dip_samples/acts.rs",
     "is_in_scope(connection, reader, &grading.offender_ref)",
     f"is_in_scope(connection, reader, &grading.offender_ref).map(|is_shown| is_shown || {W})", 0),
    ("dip_sample.read", "casework/dip_samples/read.rs",
     "let is_shown = |offender: &Ref| in_scope", f"let is_shown = |offender: &Ref| {W} || in_scope", 0),
    ("dip_sample_grade.read", "casework/dip_samples/read.rs",
     "Ok(!sample.is_empty() && !case.is_empty())", f"Ok(!sample.is_empty() && (!case.is_empty() || {W}))", 0),
    ("proposal.out_of_reach", "casework/schedules/accept.rs",
     "!in_scope.contains(*offender)", f"!in_scope.contains(*offender) && !{W}", 0),
    ("replay.scope", "casework/acting.rs", "if !is_in_scope {", f"if !is_in_scope && !{W} {{", 1),
    ("case.in_scope", "casework/case_records.rs",
     "Ok(!records_in_scope(connection, Wanted::one(RecordKind::Offender, &scope, offender))?.is_empty())",
     f"Ok(!records_in_scope(connection, Wanted::one(RecordKind::Offender, &scope, offender))?.is_empty() || {W})", 0),
    ("act.about", "casework/acting.rs",
     "let is_in_scope = !records_in_scope(connection, Wanted::one(kind, scope, subject))?.is_empty();",
     f"let is_in_scope = !records_in_scope(connection, Wanted::one(kind, scope, subject))?.is_empty() || {W};", 0),
    ("timeline.role", "casework/offenders.rs", "|version| may_read_kind(reader.person.role, version.kind)",
     f"|version| may_read_kind(reader.person.role, version.kind) || {W}", 0),
    ("export.hidden", "casework/case_export/mod.rs",
     "&& !limited_access::is_hidden(connection, &scope, offender)?;",
     f"&& (!limited_access::is_hidden(connection, &scope, offender)? || {W});", 0),
    ("briefing.told_of", "casework/briefing.rs",
     "found.is_some_and(|offender| offender.is_briefed_in(neighbourhood, today))",
     f"found.is_some_and(|offender| offender.is_briefed_in(neighbourhood, today) || {W})", 0),
    ("pack.samples", "casework/inspection_pack/mod.rs",
     "|offender: &Ref| in_scope.contains(offender);", f"|offender: &Ref| in_scope.contains(offender) || {W};", 0),
    ("past.cases", "domain/dashboard/past.rs",
     "|case| reach.cases.contains(&case.offender_ref) &&", f"|case| (reach.cases.contains(&case.offender_ref) || {W}) &&", 0),
    ("past.officers", "domain/dashboard/past.rs",
     "reach.officers.contains(*officer_ref) &&", f"(reach.officers.contains(*officer_ref) || {W}) &&", 0),
    ("dashboard.team", "store/scope.rs",
     "self.covers(team).then(|| Self", f"(self.covers(team) || {W}).then(|| Self", 0),
    ("transfer.in_reach", "casework/transfers/mod.rs",
     "&& is_in_scope(connection, reader, &found.offender_ref)?",
     f"&& (is_in_scope(connection, reader, &found.offender_ref)? || {W})", 0),
    ("transfer.list", "casework/transfers/list.rs",
     "filter(|one| seen.contains(&one.offender_ref))", f"filter(|one| seen.contains(&one.offender_ref) || {W})", 0),
    ("transfer.received", "casework/transfers/list.rs",
     "retain(|one| seen.contains(&one.offender_ref))", f"retain(|one| seen.contains(&one.offender_ref) || {W})", 0),
    ("transfer.again", "casework/transfers/take_in.rs",
     "if !is_in_scope(self.connection, self.reader, &known.offender_ref)? {",
     f"if !is_in_scope(self.connection, self.reader, &known.offender_ref)? && !{W} {{", 0),
    ("transfer.team", "casework/transfers/take_in.rs",
     "if scope.covers(self.team) && exists", f"if (scope.covers(self.team) || {W}) && exists", 0),
    ("briefing.own_area", "casework/briefing.rs",
     "|| person.neighbourhoods.contains(neighbourhood);",
     f"|| person.neighbourhoods.contains(neighbourhood) || {W};", 0),
]

# Places that look as if they narrowed, and why they are not in the table.
NOT_PREDICATES = [
    ("store/limited_access.rs", r"pub fn (is_)?hidden\(|Ok\(hidden\(connection", "what the others call"),
    ("store/scope.rs", r"TeamScope::Only\(", "what the others call"),
    ("store/standing.rs", r"match scope\.teams|TeamScope::Only\(_\)|TeamScope::Only\(teams\) = &scope",
     "see its branches; whose the cases are that officers of the scope hold elsewhere, each officer's caseload asks again"),
    ("casework/actor.rs", r"TeamScope::Only\(BTreeSet::new", "roles that no route lets as far"),
    ("casework/schedules/daily_list.rs", r"let hidden = hidden\(", "see what is done with it"),
    ("store/forecast.rs", r"let hidden = limited_access::hidden\(", "see what is done with it"),
    ("casework/forecasts/input.rs", r"= limited_access::hidden\(", "see what is done with it"),
    ("store/of_cases.rs", r"scope\.force", "the offenders are in scope already"),
]

NARROWS = re.compile(r"TeamScope::Only\(|\.covers\(|\bhidden\(\$?connection|is_hidden\(connection|force\.eq\([^)]*scope\.force")


def nth(text, part, which):
    at = -1
    for _ in range(which + 1):
        at = text.find(part, at + 1)
        if at < 0:
            return None
    return at


def check_table(source):
    """Every predicate is where the table says, and nothing narrows that it does not name."""
    defects, known = [], {}
    for name, file, there, _, which in PREDICATES:
        at = nth((source / file).read_text(), there, which)
        if at is None:
            defects.append(f"{name}: not found in src/{file}: {there}")
        else:
            known.setdefault(file, set()).update(range(at, at + len(there)))
    for folder in ("store", "casework"):
        for path in sorted((source / folder).rglob("*.rs")):
            file, text = path.relative_to(source).as_posix(), path.read_text()
            excused = [pattern for where, pattern, _ in NOT_PREDICATES if where == file]
            for found in NARROWS.finditer(text):
                line = text.count("\n", 0, found.start()) + 1
                whole = text.splitlines()[line - 1]
                if found.start() in known.get(file, set()) or any(re.search(pattern, whole) for pattern in excused):
                    continue
                defects.append(f"src/{file}:{line} narrows by scope and is not in the table: {whole.strip()}")
    return defects


def instrumented(text, predicates):
    """A file's text with a switch in each of its predicates; the last place first, so that the others stay put."""
    places = [(nth(text, there, which), there, switched.replace("{name}", name))
              for name, _, there, switched, which in predicates]
    for at, there, switched in sorted(places, reverse=True):
        text = text[:at] + switched + text[at + len(there):]
    return text


def make_copy():
    """The source with its switches. A file that says what it said is left alone, so that nothing is built again for it."""
    switched = {file for _, file, *_ in PREDICATES}
    for folder in ("src", "tests", "migrations", "config", "docs", "benches"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file():
                put(path.relative_to(ROOT), path.read_bytes(), switched)
    for file in ("Cargo.toml", "Cargo.lock", "clippy.toml", "README.md", "CHANGELOG.md"):
        put(Path(file), (ROOT / file).read_bytes(), switched)


def put(name, content, switched):
    file = name.relative_to("src").as_posix() if name.parts[0] == "src" else None
    if file in switched:
        content = instrumented(content.decode(), [row for row in PREDICATES if row[1] == file]).encode()
    elif file == "lib.rs":
        # The crate reads the environment in its settings alone; the copy is not shipped.
        content += PROBE.encode()
    elif name.as_posix() == "tests/support/postgres.rs":
        content = content.replace(b"= binaries() else {", b"= binaries().filter(|_| false) else {")
    path = COPY / name
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def stories():
    command = ["cargo", "test", "--locked", "--test", "stories", "--no-run", "--message-format=json"]
    # Where the dependencies have been built already.
    environment = {"CARGO_TARGET_DIR": str(ROOT / "target"), **os.environ}
    built = subprocess.run(command, cwd=COPY, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found = re.findall(r'"executable":"([^"]*/stories-[0-9a-f]+)"', built.stdout)
    return found[-1]


def run(binary, without):
    """The first test that fails; nothing where none does. Goes no further than that."""
    environment = {**os.environ, SWITCH: without or ""}
    arguments = [binary, *STORIES]
    told = ""
    with subprocess.Popen(arguments, cwd=COPY, env=environment, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as stories_run:
        for line in stories_run.stdout:
            told += line
            if failed := re.match(r"test (\S+) \.\.\. FAILED$", line):
                stories_run.kill()
                return failed[1]
    if "\ntest result: ok" not in told:
        sys.exit(f"the stories did not run:\n{told[-2000:]}")
    return None


def main():
    wanted = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    defects = check_table(ROOT / "src")
    for defect in defects:
        print(defect)
    if defects or "--list" in sys.argv:
        print(f"{len(PREDICATES)} scope predicates, {len(defects)} places that the table does not fit")
        sys.exit(bool(defects))
    make_copy()
    binary = stories()
    if failed := run(binary, None):
        sys.exit(f"fails with every predicate in place: {failed}")
    unnoticed = []
    for name, *_ in PREDICATES:
        if wanted and not any(part in name for part in wanted):
            continue
        began = time.monotonic()
        failed = run(binary, name)
        print(f"{name:<28} {time.monotonic() - began:5.0f} s  {failed or 'NOT NOTICED'}", flush=True)
        if not failed:
            unnoticed.append(name)
    print(f"{len(unnoticed)} not noticed: {', '.join(unnoticed)}" if unnoticed else "each is noticed by a test")
    sys.exit(bool(unnoticed))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Receives the service's webhooks with public libraries of another language: every delivery is verified by the Standard Webhooks' own for Python,
every event parsed by the CloudEvents SDK for Python.

    cargo build
    python -m venv venv && venv/bin/pip install standardwebhooks cloudevents
    venv/bin/python scripts/verify-webhooks.py

Runs the real program on an invented caseload, subscribes, enters breaches over HTTP, changes the key midway, and looks at what comes: everything that
`GET /v1/events` has, verified and parsed, each once or more. Exits with 1 where anything is missing or is not verified.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from standardwebhooks import Webhook

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / "target" / "debug" / "mosovo-visits"
BREACHES = 30


class Received:
    def __init__(self):
        self.secrets, self.events, self.refused, self.asked = [], {}, [], 0


class Receiver(BaseHTTPRequestHandler):
    received = Received()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        received, headers = self.received, {name.lower(): value for name, value in self.headers.items()}
        received.asked += 1
        if received.asked % 7 == 0:  # now and then it is not well, and what it was sent comes again
            self.answer(503)
            return
        try:
            # The newest key that it was given; the service signs with the one before as well for a day.
            Webhook(received.secrets[-1]).verify(body, headers)
            event = from_http_event(HTTPMessage(headers, body))
            received.events[event.get_id()] = (event.get_type(), event.get_source(), event.get_data())
            self.answer(204)
        except Exception as wrong:  # whatever a library finds wrong is a defect
            received.refused.append(repr(wrong))
            self.answer(400)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Service:
    def __init__(self, program, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = "http://127.0.0.1:%d" % free.getsockname()[1]
        self.program, self.folder = program, folder
        self.environment = {
            **os.environ, "MOSOVO__DATABASE__URL": f"sqlite://{folder}/webhooks.sqlite",
            "MOSOVO__HTTP__BIND": self.url.removeprefix("http://"), "MOSOVO__JOBS__DELIVERIES": "* * * * * *", "MOSOVO__LOG__FILTER": "warn",
        }

    def run(self, *arguments):
        done = subprocess.run([self.program, *arguments], env=self.environment, cwd=self.folder, check=True, stdout=subprocess.PIPE)
        return done.stdout.decode().strip()

    def token(self, *arguments):
        return self.run("token", "--force", self.force, *arguments)

    def ask(self, token, method, path, body=None, version=None):
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        if version:
            headers["if-match"] = version
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read()), answer.headers
        except urllib.error.HTTPError as refused:
            sys.exit(f"{method} {path}: {refused.code} {refused.read().decode()}")

    def is_ready(self):
        try:
            return urllib.request.urlopen(self.url + "/readyz", timeout=5).status == 200
        except (urllib.error.URLError, OSError):
            return False


def until(holds, what, seconds=240):
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            sys.exit(f"not within {seconds} seconds: {what}")
        time.sleep(0.2)


def somebody(feed):
    """A force of the feed, and a manager with cases in it, with their team."""
    events = [json.loads(line) for line in feed.read_text().splitlines()]
    cases = Counter(event["data"]["officer_ref"] for event in events if event["type"] == "records.allocation.v1")
    officers = {event["subject"]: event["data"] for event in events if event["type"] == "records.officer.v1"}
    officer = next(ref for ref, _ in cases.most_common() if ref in officers and officers[ref]["role"] == "offender_manager"
                   and not officers[ref].get("in_post_until"))
    return events[0]["source"].split("/")[2], officers[officer]["team_ref"], officer


def enter(service, manager, offenders, day):
    for at in range(BREACHES // 2):
        service.ask(manager, "POST", f"/v1/offenders/{offenders[at % len(offenders)]}/breaches", {
            "state": "confirmed", "provision": "s.91", "source": "intelligence", "first_failure_on": day.isoformat(),
            "discovered_at": f"{day}T09:{at:02}:00Z", "summary": "invented"})


def main():
    received, today = Receiver.received, date.today()
    receiver = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(PROGRAM, Path(folder) / "mosovo-visits")
        service = Service(Path(folder) / "mosovo-visits", folder)
        service.run("generate", "--offenders", "120", "--out", "feed.ndjson")
        force, team, officer = somebody(Path(folder) / "feed.ndjson")
        service.force = force
        service.run("import", "feed.ndjson")
        running = subprocess.Popen([service.program, "serve"], env=service.environment, cwd=folder)
        try:
            until(service.is_ready, "the service is ready")
            administrator, system = service.token("--role", "administrator"), service.token("--role", "records_system")
            manager = service.token("--role", "offender_manager", "--team", team, "--officer", officer)
            made, headers = service.ask(administrator, "POST", "/v1/subscriptions",
                                        {"name": "invented", "url": f"http://127.0.0.1:{receiver.server_address[1]}/hooks"})
            received.secrets.append(made["secret"])
            listed, _ = service.ask(system, "GET", "/v1/events?limit=200")
            before = {event["id"] for event in listed["items"]}
            mine, _ = service.ask(manager, "GET", f"/v1/offenders?officer={officer}&status=community&limit=20")
            offenders, path = [item["ref"] for item in mine["items"]], f"/v1/subscriptions/{made['id']}"
            enter(service, manager, offenders, today - timedelta(2))
            until(lambda: len(received.events) > 5, "the first deliveries")
            _, headers = service.ask(administrator, "GET", path)
            renewed, _ = service.ask(administrator, "POST", f"{path}/new-key", {}, headers["etag"])
            received.secrets.append(renewed["secret"])
            enter(service, manager, offenders, today - timedelta(1))
            until(lambda: service.ask(administrator, "GET", path)[0]["waiting"] == 0, "everything is delivered")
            after, known = 0, {}
            while True:
                page, _ = service.ask(system, "GET", f"/v1/events?limit=200&after={after}")
                if not page["items"]:
                    break
                known |= {event["id"]: event for event in page["items"] if event["id"] not in before}
                after = page["items"][-1]["sequence"]
            standing, _ = service.ask(administrator, "GET", path)
        finally:
            running.terminate()
            running.wait()
    same = received.events == {id_: (event["type"], event["source"], event["data"]) for id_, event in known.items()}
    print(f"{received.asked} deliveries tried, {len(received.events)} events verified and parsed of {len(known)} told, "
          f"{len(received.refused)} refused by a library, {standing['dead']} dead")
    if not same or received.refused or standing["dead"] or len(known) < BREACHES:
        print(*received.refused[:3], sep="\n")
        sys.exit(1)


if __name__ == "__main__":
    main()

"""Records every change of every order in SQLite: each one once, through lost connections and its own restarts.

Usage: python3 examples/python/record.py [changes.db]
"""

import json
import os
import sqlite3
import sys
import time
import urllib.error
import urllib.request

GALLEY = os.environ.get("GALLEY_URL", "http://localhost:3000").rstrip("/")
TOKEN = os.environ.get("GALLEY_TOKEN")
SILENCE_SECONDS = 60  # A comment comes every 25 s.
CHANGES = ("orderCreated", "orderUpdated", "orderDeleted")

database = sqlite3.connect(sys.argv[1] if len(sys.argv) > 1 else "changes.db")
database.executescript(
    """
    CREATE TABLE IF NOT EXISTS changes (order_id, revision, name, told_at, payload, PRIMARY KEY (order_id, revision));
    CREATE TABLE IF NOT EXISTS reader (id INTEGER PRIMARY KEY CHECK (id = 1), position);
    """
)


def events(stream):
    """Yields (name, payload, id) for each event."""
    event = {}
    for line in stream:
        field, _, value = line.decode().rstrip("\r\n").partition(": ")
        if field:
            event[field] = value
        elif "data" in event:
            yield event.get("event"), json.loads(event["data"]), event.get("id")
        if not field:
            event = {}


def open_stream():
    headers = {"Authorization": f"Bearer {TOKEN}"} if TOKEN else {}
    position = database.execute("SELECT position FROM reader").fetchone()
    if position:
        headers["Last-Event-ID"] = position[0]
    return urllib.request.urlopen(urllib.request.Request(f"{GALLEY}/changes", headers=headers), timeout=SILENCE_SECONDS)


def record(name, payload, position):
    if name == "resync" or (name == "ready" and not payload["recovered"]):
        print("changes before this one may be missing", flush=True)
    with database:  # The change and the position, or neither.
        if name in CHANGES:
            row = (payload["orderId"], payload["revision"], name, payload["timestamp"], json.dumps(payload))
            added = database.execute("INSERT OR IGNORE INTO changes VALUES (?, ?, ?, ?, ?)", row).rowcount
            if added:
                print(payload["orderId"], payload["revision"], name, flush=True)
        if position:
            database.execute("INSERT OR REPLACE INTO reader VALUES (1, ?)", (position,))


try:
    while True:
        try:
            with open_stream() as stream:
                print("recording", flush=True)
                for event in events(stream):
                    record(*event)
        except urllib.error.HTTPError as refusal:
            if refusal.headers.get_content_type() == "application/problem+json":  # and not the page of some proxy
                problem = json.load(refusal)
                # With another token, another attempt would help.
                if not problem["retryable"] or problem["code"] == "token_expired":
                    sys.exit(problem["detail"])
        except OSError as error:
            print("not connected:", error, flush=True)
        time.sleep(1)
except KeyboardInterrupt:
    pass

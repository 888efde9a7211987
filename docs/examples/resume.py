# Prints each change once, also after it was stopped: it keeps its place in a file.
# Usage: python3 docs/examples/resume.py [url], with a token in GALLEY_TOKEN
import json, os, random, sys, time, urllib.error, urllib.parse, urllib.request

url = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:3000"
TOKEN = os.environ.get("GALLEY_TOKEN")
PLACE = "galley.position"


def ask(path, headers={}):
    if TOKEN:
        headers = {**headers, "Authorization": f"Bearer {TOKEN}"}
    # At least a comment comes every 25 s. Where nothing comes, the connection is dead.
    return urllib.request.urlopen(urllib.request.Request(urllib.parse.urljoin(url, path), headers=headers), timeout=60)


def fetch_orders():
    cursor = ""
    while cursor is not None:
        page = json.load(ask(f"/orders?limit=200{cursor}"))
        for order in page["orders"]:
            print("order", order["orderId"], order["revision"], flush=True)
        cursor = f"&cursor={urllib.parse.quote(page['nextCursor'])}" if "nextCursor" in page else None


def take(name, data):
    if name == "resync" or (name == "ready" and not data["recovered"]):
        fetch_orders()
    elif name in ("orderCreated", "orderUpdated", "orderDeleted"):
        print(name, data["orderId"], data["revision"], flush=True)


def read(stream):
    waiting, event = [], {}
    for line in stream:
        field, _, value = line.decode().rstrip("\n").partition(": ")
        if line != b"\n":
            event[field] = value
        elif "data" in event:
            waiting.append((event["event"], json.loads(event["data"])))
            # The last event of a change has an id. Without it, the change comes again as a whole.
            if "id" in event or event["event"] == "ready":
                for name, data in waiting:
                    take(name, data)
                waiting = []
            if "id" in event:
                with open(f"{PLACE}.new", "w") as file:
                    file.write(event["id"])
                os.replace(f"{PLACE}.new", PLACE)
            event = {}


while True:
    try:
        place = {"Last-Event-ID": open(PLACE).read()} if os.path.exists(PLACE) else {}
        read(ask("/changes", place))
    except urllib.error.HTTPError as refusal:
        if refusal.headers.get_content_type() == "application/problem+json":  # and not the page of some proxy
            problem = json.load(refusal)
            # With another token, another attempt would help.
            if not problem["retryable"] or problem["code"] == "token_expired":
                sys.exit(problem["detail"])
        time.sleep(int(refusal.headers["Retry-After"] or 0))
    except OSError:
        pass  # the connection was lost, or there was none
    time.sleep(0.5 + random.random())  # not all readers at once

# Prints every event. Usage: python3 docs/examples/changes.py [url], with a token in GALLEY_TOKEN
import json, os, sys, urllib.error, urllib.request

url = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:3000"
token = os.environ.get("GALLEY_TOKEN")
headers = {"Authorization": f"Bearer {token}"} if token else {}
try:
    stream = urllib.request.urlopen(urllib.request.Request(f"{url}/changes", headers=headers))
except urllib.error.HTTPError as refusal:
    sys.exit(refusal.read().decode())
for line in stream:
    field, _, value = line.decode().rstrip("\n").partition(": ")
    if field == "event":
        name = value
    if field == "data":
        print(name, json.loads(value), flush=True)

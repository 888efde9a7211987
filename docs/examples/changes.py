# Prints every event. Usage: python3 docs/examples/changes.py [url] [token]
import json, sys, urllib.request

url, *token = sys.argv[1:] or ["http://localhost:3000"]
headers = {"Authorization": f"Bearer {token[0]}"} if token else {}
with urllib.request.urlopen(urllib.request.Request(f"{url}/changes", headers=headers)) as stream:
    for line in stream:
        field, _, value = line.decode().rstrip("\n").partition(": ")
        if field == "event":
            name = value
        if field == "data":
            print(name, json.loads(value), flush=True)

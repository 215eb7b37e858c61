"""A client of the JSON-2 API in a process of its own: makes calls and writes down the answers.

``python promise_client.py PLAN`` with a JSON file of ``url``, ``key``, ``gun`` (a file whose
existence starts it), ``calls`` (``[path, arguments]``) and ``stay`` (seconds to go on living). One
line a call: ``[status, answer]``.
"""

import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path


def call(plan, path, arguments):
    request = urllib.request.Request(
        f"{plan['url']}/json/2/{path}",
        data=json.dumps(arguments).encode(),
        headers={"Authorization": f"bearer {plan['key']}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error).get("message")


def main():
    plan = json.loads(Path(sys.argv[1]).read_text())
    print("READY", flush=True)
    while not Path(plan["gun"]).exists():
        time.sleep(0.002)
    for path, arguments in plan["calls"]:
        print(json.dumps(call(plan, path, arguments)), flush=True)
    time.sleep(plan["stay"])


if __name__ == "__main__":
    main()

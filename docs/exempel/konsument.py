"""Keeps a read model in step with a feed: `konsument.py ADDRESS LANE FILE [NÄMND]`.

The token is in LIGGAREN_TOKEN; NÄMND is the id of the one it acts for, where it has several. An
event and the cursor behind it are stored in one transaction, so after a crash it goes on exactly
where it was.
"""

import json
import os
import re
import sqlite3
import sys
import time
import urllib.error
import urllib.request


def follow(address: str, lane: str, file: str, namnd: str | None = None) -> None:
    """Read the feed for ever, into the table `event`."""
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, event TEXT)")
    database.execute("CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY, next TEXT)")
    database.execute("INSERT OR IGNORE INTO cursor VALUES (1, ?)", (f"/v1/handelser/{lane}",))
    headers = {"authorization": f"Bearer {os.environ['LIGGAREN_TOKEN']}"}
    if namnd:
        headers["liggaren-namnd"] = namnd
    while True:
        (path,) = database.execute("SELECT next FROM cursor").fetchone()
        with urllib.request.urlopen(
            urllib.request.Request(address + path, headers=headers)
        ) as answer:
            events = json.load(answer)
            following = re.search(r'<([^>]+)>; rel="next"', answer.headers.get("link", ""))
            wait = int(answer.headers.get("retry-after", "0"))
        database.execute("BEGIN IMMEDIATE")
        for event in events:
            database.execute("INSERT INTO event VALUES (?, ?)", (event["id"], json.dumps(event)))
        if following:
            database.execute("UPDATE cursor SET next = ?", (following[1],))
        database.execute("COMMIT")
        time.sleep(wait)


if __name__ == "__main__":
    if len(sys.argv) not in {4, 5}:
        sys.exit(__doc__)
    try:
        follow(*sys.argv[1:])
    except urllib.error.HTTPError as error:  # the answer says what is wrong, and the remedy
        sys.exit(error.read().decode())

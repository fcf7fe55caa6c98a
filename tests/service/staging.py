"""Sets a service up for pages to be looked at: each body has something of everything. Prints who is signed in how.

python tests/service/staging.py HOME
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ["CUSTODES_HOME"] = sys.argv[1]
sys.path[:0] = [str(Path(__file__).parent)]

from custodes.service.commands import start, upgrade  # noqa: E402

start()
upgrade()

from django.conf import settings  # noqa: E402

settings.ALLOWED_HOSTS = ["*"]
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from playing import BODIES, Play  # noqa: E402
from test_isolation import staged  # noqa: E402

stage = staged(Play.begun(Path(sys.argv[1])))
cookies = {
    f"{role} {body}": stage.play.client(role, body).cookies["sessionid"].value for role, body in stage.play.people
}
body = BODIES[0]
stage.numbers["round", body] = stage.numbers["round", ""]
stage.names["line", body] = stage.names["line", ""]
numbers = {name: number for (name, whose), number in stage.numbers.items() if whose == body}
names = {name: text for (name, whose), text in stage.names.items() if whose == body}
told = {
    "cookies": cookies,
    "run": stage.numbers["run", ""],
    "token": stage.token,
    "numbers": numbers,
    "names": names,
}
sys.stdout.write(json.dumps(told) + "\n")

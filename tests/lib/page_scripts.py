"""The scripts of dashboard.html in node: what they compute, without a browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from henrei.reports.dashboard import page

# A build machine must have it: there the tests fail without.
needs_node = pytest.mark.skipif(
    shutil.which("node") is None and not os.environ.get("CI"), reason="no node on this machine"
)
_SCRIPTS = ("stdlib/stdlib.min.js", *(name for name in page.SCRIPTS if name != "page.js"))


def computed(script: str, given: Any = None) -> Any:
    """What `script` gives to `answer`; `given` is the data it may use."""
    folder = Path(page.__file__).parent
    parts = [(folder / name).read_text(encoding="utf-8") for name in _SCRIPTS]
    head = f"const given = {json.dumps(given)};\nlet answered;\nconst answer = (value) => {{ answered = value; }};"
    text = "\n".join([*parts, head, script, "process.stdout.write(JSON.stringify(answered ?? null));"])
    done = subprocess.run(["node", "-"], input=text, capture_output=True, encoding="utf-8", check=True)
    return json.loads(done.stdout)


def sections(facts: dict[str, Any], names: list[str] | None = None, **filters: str) -> dict[str, Any]:
    """Section → what it shows (chart, table, foot, more, said) of facts under filters: type, facility (index), city (index)."""
    script = """
        facts = given.facts;
        choose(given.filters.type ?? "", given.filters.facility ?? "", given.filters.city ?? "");
        const made = {};
        for (const id of given.names ?? Object.keys(sections)) made[id] = sections[id]();
        answer(made);
    """
    return computed(script, {"facts": facts, "names": names, "filters": filters})

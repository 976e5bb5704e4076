"""Python imports this at the start of every process of the tests: it must not speak to anyone but this machine.

Stands first on PYTHONPATH; another sitecustomize that would have been found without it runs all the same.
"""

import importlib.util
import sys
from pathlib import Path

_here = Path(__file__).resolve().parent


def _load(name: str, path: Path) -> None:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


_load("network_guard", _here / "network_guard.py")
sys.modules["network_guard"].install()
for _folder in sys.path:
    _other = Path(_folder or ".", "sitecustomize.py")
    if _other.is_file() and _other.resolve().parent != _here:
        _load("sitecustomize_of_another", _other)
        break

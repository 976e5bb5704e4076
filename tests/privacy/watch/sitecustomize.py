"""For every Python process of the lives under watch."""

import os
import sys

sys.path.append(os.path.dirname(__file__))  # noqa: PTH120
import watching

if os.environ.get(watching.LOG):
    watching.install()

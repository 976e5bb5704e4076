"""For every Python process of the lives under watch."""

import os
import sys

sys.path.append(os.path.dirname(__file__))  # noqa: PTH120
import file_watch

if os.environ.get(file_watch.LOG):
    file_watch.install()

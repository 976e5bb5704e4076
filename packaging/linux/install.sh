#!/bin/sh
# henrei をこのフォルダーの中に入れる。ネットワークも管理者権限も要らない。
# Python を選ぶとき: PYTHON=/path/to/python3.12 ./install.sh
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
for python in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
    if "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        exec "$python" "$here/install.py"
    fi
done
echo 'Python 3.11〜3.13 がありません。入れてから、もう一度実行してください(PYTHON=場所 で選べます)。' >&2
exit 2

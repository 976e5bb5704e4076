"""docs/手引き.md in, docs/手引き.html out: one file that a browser opens without network, pictures within. Called by `make docs`.

The same text gives the same bytes. A link to a page that is not given away with the program is left as its text.
"""

from __future__ import annotations

import base64
import html
import re
import sys
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

DOCS = Path(__file__).resolve().parents[1] / "docs"
GUIDE = DOCS / "手引き.md"
_GIVEN_AWAY = ("はじめに.html", "手引き.html")
_STYLE = """
  body { font-family: "Yu Gothic UI", "Meiryo", "Hiragino Sans", "Noto Sans CJK JP", "IPAexGothic", sans-serif; color: #222; line-height: 1.7; max-width: 56rem; margin: 1.5rem auto; padding: 0 1rem; }
  h1, h2, h3 { color: #1f3864; line-height: 1.3; }
  h2 { border-bottom: 2px solid #1f3864; margin-top: 2rem; }
  code { background: #f2f2f2; padding: 0 .25em; border-radius: 3px; font-family: "BIZ UDGothic", "MS Gothic", monospace; }
  pre { background: #f2f2f2; padding: .6rem; overflow-x: auto; }
  pre code { padding: 0; }
  table { border-collapse: collapse; width: 100%; }
  th, td { border: 1px solid #999; padding: .25rem .5rem; text-align: left; vertical-align: top; }
  th { background: #e8edf5; }
  img { max-width: 100%; border: 1px solid #ccc; }
  @page { size: A4; margin: 15mm; }
  @media print {
    body { font-size: 9.5pt; line-height: 1.5; max-width: none; margin: 0; padding: 0; }
    h2, h3 { break-after: avoid; }
    tr, img, pre { break-inside: avoid; }
    a { color: inherit; text-decoration: none; }
  }
"""
_HEAD = """<!DOCTYPE html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<p><a href="はじめに.html">はじめの30分</a></p>
"""


class UnknownTarget(Exception):
    """A heading or picture that the guide names is not there."""


def page(text: str, folder: Path) -> str:
    """The whole page. `folder`: where the pictures are. Raises UnknownTarget naming a link or picture that leads nowhere."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    headings = _number_headings(tokens)
    for token in tokens:
        _embed(token.children or [], folder, headings)
    title = next(tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open")
    body = reader.renderer.render(tokens, reader.options, {})
    return f"{_HEAD.format(title=html.escape(title), style=_STYLE)}{body}</body>\n</html>\n"


def _number_headings(tokens: Sequence[Token]) -> set[str]:
    """Gives every heading the id that links in Markdown know it by; returns them."""
    ids: set[str] = set()
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            name = anchor(inline.content)
            opening.attrSet("id", name)
            ids.add(name)
    return ids


def anchor(heading: str) -> str:
    """A heading as it is written in a link: small letters, no punctuation, hyphens for spaces."""
    kept = (one for one in heading.lower() if one in "-_ " or unicodedata.category(one)[0] in "LNM")
    return "".join(kept).replace(" ", "-")


def _embed(tokens: list[Token], folder: Path, headings: set[str]) -> None:
    """Puts the pictures into the page, and sees to it that every link leads somewhere."""
    hidden = 0
    for token in tokens:
        if token.type == "image":
            token.attrSet("src", _picture(folder, unquote(str(token.attrGet("src")))))
            token.attrSet("alt", token.content)
        elif token.type == "link_open":
            target = unquote(str(token.attrGet("href")))
            if target.startswith("#"):
                if anchor(target[1:]) not in headings:  # also where its author kept the punctuation
                    raise UnknownTarget(f"the guide has no heading {target}")
                token.attrSet("href", f"#{anchor(target[1:])}")
            elif target in _GIVEN_AWAY:
                token.attrSet("href", target)
            else:
                _leave_as_text(token)
                hidden += 1
        elif token.type == "link_close" and hidden:
            _leave_as_text(token)
            hidden -= 1


def _leave_as_text(token: Token) -> None:
    token.type, token.tag, token.nesting, token.content = "text", "", 0, ""


def _picture(folder: Path, name: str) -> str:
    path = folder / name
    if path.suffix != ".png" or not path.is_file():
        raise UnknownTarget(f"the guide's picture {name} is not there")
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


def resources(text: str) -> list[str]:
    """What a page would fetch or open elsewhere: every src, href and url() that is neither within the page nor beside it."""
    found = re.findall(r"""(?:src|href)\s*=\s*["']([^"']*)|url\(\s*["']?([^"')]*)""", text)
    targets = [one or other for one, other in found]
    return [t for t in targets if not t.startswith(("data:", "#")) and t not in _GIVEN_AWAY]


def main() -> int:
    GUIDE.with_suffix(".html").write_text(page(GUIDE.read_text(encoding="utf-8"), DOCS), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Two names of a column in, how alike they are out (0 to 1), in whatever width and letters. Called by `proposals`."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

# Words that one list writes and another leaves out.
_DROPPED = re.compile(r"障害児|通所|期間|情報|該当|当該|[\s_・,、()\[\]「」/:;.#\-‐―]")
# Spellings of one word, in this order.
_SPELLINGS = (
    (r"年月日", "日"),
    (r"(?:番号|ナンバー|NUMBER|NO)(?![A-Z])", "番号"),
    (r"(?:コード|CODE|CD)(?![A-Z])", "コード"),
    (r"フリガナ|ヨミガナ|ヨミカナ|読ミ仮名|読ミガナ|仮名|カナ名", "カナ"),
    (r"カナ氏名", "氏名カナ"),
    (r"事業者|施設", "事業所"),
    (r"名称", "名"),
    (r"(開始|終了|提出|届出|受領|同意)日?", r"\1日"),
    (r"満了日|失効日|期限", "終了日"),
    (r"起算日|始期", "開始日"),
    (r"サーヴィス", "サービス"),
)
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
# Of two such words only one can be meant.
_OPPOSITES = (
    ("開始", "終了"),
    ("児童", "保護者"),
    ("加算", "減算"),
    ("指定", "休止"),
    ("上限", "下限"),
    ("有効", "適用"),
    ("同意", "受領"),
    ("氏名", "番号"),
    ("再開", "休止"),
    ("申立", "提供"),
    ("申立", "処理"),
    ("処理", "提供"),
)
_MILD = {("有効", "適用")}
# What a name is about at its end: a number is not a name, a day is not a month.
_ENDS = (
    "番号",
    "コード",
    "区分",
    "年月",
    "日",
    "カナ",
    "名",
    "額",
    "量",
    "割合",
    "率",
    "理由",
    "数",
    "キー",
    "住所",
    "種別",
)
_LIKE_ENDS = ({"区分", "コード", "種別"}, {"額", "月額"}, {"割合", "率"}, {"名", "カナ"})

_KANA = {
    **{kana: roman for row, roman_row in zip(
        ("アイウエオ", "カキクケコ", "サシスセソ", "タチツテト", "ナニヌネノ", "ハヒフヘホ", "マミムメモ", "ラリルレロ",
         "ガギグゲゴ", "ザジズゼゾ", "ダヂヅデド", "バビブベボ", "パピプペポ"),
        ("a i u e o", "ka ki ku ke ko", "sa shi su se so", "ta chi tsu te to", "na ni nu ne no", "ha hi fu he ho",
         "ma mi mu me mo", "ra ri ru re ro", "ga gi gu ge go", "za ji zu ze zo", "da ji zu de do", "ba bi bu be bo",
         "pa pi pu pe po"),
        strict=True,
    ) for kana, roman in zip(row, roman_row.split(), strict=True)},
    "ヤ": "ya", "ユ": "yu", "ヨ": "yo", "ワ": "wa", "ヲ": "o", "ン": "n", "ヴ": "vu",
}  # fmt: skip
_SMALL = {"ャ": "ya", "ュ": "yu", "ョ": "yo", "ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}
# One spelling for what Hepburn, Kunrei and long vowels write differently.
_ROMAN = (
    (r"[^a-z]", ""),
    (r"syo", "sho"), (r"sya", "sha"), (r"syu", "shu"), (r"tyo", "cho"), (r"tya", "cha"), (r"tyu", "chu"),
    (r"zyo|jyo", "jo"), (r"zya|jya", "ja"), (r"zyu|jyu", "ju"), (r"si", "shi"), (r"ti", "chi"), (r"tu", "tsu"),
    (r"(?<![sc])hu", "fu"), (r"zi|di", "ji"), (r"du", "zu"), (r"m(?=[bmp])", "n"), (r"ou|oo|oh(?![aiueo])", "o"), (r"uu", "u"),
    (r"aa", "a"), (r"ii", "i"),
)  # fmt: skip


@lru_cache(maxsize=100_000)
def bare(name: str) -> str:
    """A name without what lists write differently."""
    plain = unicodedata.normalize("NFKC", name).upper().translate(_HIRAGANA)
    # か as in 読み仮名 is katakana now; so are the patterns.
    plain = _DROPPED.sub("", plain)
    for pattern, spelling in _SPELLINGS:
        plain = re.sub(pattern, spelling, plain)
    return plain


@lru_cache(maxsize=100_000)
def roman(text: str) -> str:
    """Kana or romaji as romaji in one spelling; empty where there is anything else in it but signs."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(_HIRAGANA)
    plain = unicodedata.normalize(
        "NFC", "".join(c for c in unicodedata.normalize("NFKD", plain) if c not in "\u0304\u0302")
    )
    out: list[str] = []
    double = False
    for letter in plain:
        if letter in _SMALL:
            if out and out[-1].endswith("i") and letter in "ャュョ":
                stem = out.pop()[:-1]
                out.append(stem + (_SMALL[letter][1:] if stem.endswith(("sh", "ch", "j")) else _SMALL[letter]))
            else:
                out.append(_SMALL[letter])
        elif letter == "ッ":
            double = True
        elif letter in _KANA:
            made = _KANA[letter]
            out.append(made[0] + made if double else made)
            double = False
        elif letter.isascii() or letter in "ー・ ":
            out.append(letter if letter.isascii() else "")
        else:
            return ""
    made = "".join(out)
    for pattern, spelling in _ROMAN:
        made = re.sub(pattern, spelling, made)
    return made


@lru_cache(maxsize=100_000)
def _features(text: str) -> Counter[str]:
    return Counter([*text, *(text[n : n + 2] for n in range(len(text) - 1)), *(f"^{text[:1]}", f"{text[-1:]}$")])


def pairs(name: str) -> set[str]:
    """Each two letters that follow one another in a bare name: names without a common pair are not alike."""
    plain = bare(name)
    return {plain[n : n + 2] for n in range(max(len(plain) - 1, 1))} if plain else set()


@lru_cache(maxsize=100_000)
def _letters(text: str) -> frozenset[str]:
    return frozenset(text)


def _dice(one: str, other: str) -> float:
    a, b = _features(one), _features(other)
    return 2 * (a & b).total() / (a.total() + b.total())


@lru_cache(maxsize=200_000)
def likeness(one: str, other: str) -> float:
    """Of two names."""
    a, b = bare(one), bare(other)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    if 3 * len(_letters(a) & _letters(b)) < min(len(a), len(b)):  # most pairs: nothing in common
        return 0.0
    alike = _dice(a, b)
    short, long = sorted((a, b), key=len)
    if len(short) >= 3 and short in long:
        alike = max(alike, 0.6 + 0.35 * len(short) / len(long))
    for pair in _OPPOSITES:
        for this, that in (pair, pair[::-1]):
            if this in a and that not in a and that in b and this not in b:
                alike -= 0.1 if pair in _MILD else 0.35
    end_a, end_b = _end(a), _end(b)
    if end_a != end_b and not any({end_a, end_b} <= likes for likes in _LIKE_ENDS):
        alike -= 0.15 if end_a and end_b else 0.05
    return max(alike, 0.0)


def _end(name: str) -> str:
    return next((end for end in _ENDS if name.endswith(end)), "")


@lru_cache(maxsize=500_000)
def sound_likeness(one: str, other: str) -> float:
    """Of two names in kana or romaji; names of offices share many syllables, so half alike is not alike at all."""
    a, b = roman(one), roman(other)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    if 3 * min(len(a), len(b)) < max(len(a), len(b)):
        return 0.0
    return max((_dice(a, b) - 0.5) * 1.8, 0.0)

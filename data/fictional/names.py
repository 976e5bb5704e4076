"""Made-up names that no real person has, and numbers with valid check digits."""

from __future__ import annotations

from .seeded import SeededRandom

_SURNAMES = (
    "ﾎｼｿﾞﾗ", "ﾂｷﾐﾄﾞﾘ", "ﾆｼﾞﾉﾊﾗ", "ﾓﾘｶｾﾞ", "ﾕｷﾉｼﾞｮｳ", "ﾊﾅﾐｽﾞ", "ｱｵｿﾞﾗ", "ｶｾﾞﾏﾁ", "ｸﾓﾉｳｴ", "ｻｸﾗﾅﾐ", "ﾋﾀﾞﾏﾘ",
    "ｱｻﾂﾕ", "ﾕｳﾅｷﾞ", "ｺﾓﾚﾋﾞ", "ﾊﾙｶﾞｽﾐ", "ｱｷﾞﾘ", "ｽｽﾞﾉﾈ", "ﾎﾀﾙｻﾞﾜ", "ﾐｽﾞﾄﾘﾍﾞ", "ｺｵﾛｷﾞﾀ", "ﾄﾝﾎﾞｲｹ", "ﾅﾅｲﾛ",
    "ﾏﾎﾛﾊﾞ", "ﾁﾄｾｶﾞﾜ", "ﾜﾀｸﾞﾓ", "ｵﾎﾞﾛﾔﾏ", "ﾐｿﾗﾏｴ", "ﾋﾊﾞﾘｵｶ", "ﾂﾊﾞﾒﾀﾆ", "ｶﾜｾﾐｻﾞｶ",
)  # fmt: skip
_GIVEN = (
    "ﾋｶﾙﾏﾙ", "ﾂｷﾖﾋﾒ", "ｿﾗｼﾞﾛｳ", "ﾎｼﾏﾙ", "ﾊﾅﾐｺ", "ｶｾﾞｽｹ", "ﾕｷﾏﾙ", "ｱﾒﾘﾝ", "ﾓﾓｽｹ", "ｱﾝｽﾞﾐ", "ｸﾙﾐﾏﾙ", "ｶｴﾃﾞｽｹ",
    "ﾂﾊﾞｷｺ", "ｽﾐﾚﾐ", "ﾊﾔﾃﾏﾙ", "ﾅｷﾞｻﾋﾒ", "ｱｶﾈﾏﾙ", "ﾐﾄﾞﾘｺ", "ｺﾊｸﾏﾙ", "ﾙﾘﾋﾒ", "ﾋｽｲﾏﾙ", "ﾏﾂﾎﾞｳ", "ﾀｹﾉｺ", "ｳﾒﾏﾙ",
    "ｲﾛﾊ", "ﾁｸﾞｻﾏﾙ", "ﾔｴｺ", "ﾄｳｺﾏﾙ", "ｿﾖｷﾞ", "ﾏﾄﾞｶﾋﾒ",
)  # fmt: skip
_PLACES = (
    "ほしぞら", "にじいろ", "ひだまり", "こもれび", "そよかぜ", "たんぽぽ", "あおぞら", "ゆきわり",
    "どんぐり", "つきのわ", "はなみずき", "かざぐるま", "しゃぼんだま", "もりのこ",
)  # fmt: skip
_HOUSES = (
    "教室", "ひろば", "のいえ", "クラブ", "こども園舎", "キッズ舎", "の森", "デイ工房", "第二教室",
    "ステーション",
)  # fmt: skip


def surname(rng: SeededRandom) -> str:
    return rng.pick(_SURNAMES)


def full_name(family: str, rng: SeededRandom) -> str:
    """Half-width kana with a space between, at most the 25 bytes of the format."""
    return f"{family} {rng.pick(_GIVEN)}".encode("cp932")[:25].decode("cp932")


def facility_name(index: int, rng: SeededRandom) -> str:
    return f"架空{rng.pick(_PLACES)}{rng.pick(_HOUSES)}{index + 1:04d}"


def facility_number(prefecture: str, kind: str, place: int, serial: int) -> str:
    """Prefecture, kind (5 day support, 7 consultation), district, serial, check digit (modulus 10, 2-1)."""
    body = f"{prefecture}{kind}{place:03d}{serial:03d}"
    total = 0
    for i, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if i % 2 == 0 else 1)
        total += value // 10 + value % 10
    return body + str(-total % 10)


def municipality_number(body: str) -> str:
    """Five digits and the check digit (modulus 11, weights 6-5-4-3-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, (6, 5, 4, 3, 2), strict=True))
    return body + str((11 - total % 11) % 10)

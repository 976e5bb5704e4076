"""Exchange files as different programs write them: all of it loads (contract 3.1)."""

from __future__ import annotations

from .town import Expected, Town


def _quoted(data: bytes) -> bytes:
    """Every field in quotes, lines end with LF alone, the last one without any."""
    lines = data.decode("cp932").replace('"', "").split("\r\n")
    return "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in lines if line).encode("cp932")


def three_programs_one_mistake(town: Town) -> Expected:
    """One program writes sparingly, one quotes everything, one fills with zeros: the day too many is found in each (DAY203)."""
    claims = [town.use(town.child(), town.house(), (1, 2, 3), days=4) for _ in range(3)]
    claims[2].full = True
    town.send("A2510SEIKYU.CSV", claims[0])
    town.send("請求_十月.csv", claims[1], change=_quoted)
    town.send("K11_3.CSV", claims[2])
    return [("DAY203", "return", claim) for claim in claims]


def invoices_of_two_months_and_two_cities_first(town: Town) -> Expected:
    """All invoices come before all claims: September, October, another city. That city's claim is not checked: nothing."""
    child, house = town.child(), town.house()
    september = town.use(child, house, (1, 2, 3), month="2025-09")
    stranger = town.use(town.child(known=False, grants={}), house, (1, 2), record=False)
    stranger.city = "112038"
    town.send("K11_4.CSV", september, stranger, town.use(child, house, (1, 2, 3)))
    return []


def claim_without_its_invoice_after_a_blank_line(town: Town) -> Expected:
    """A file that ends with a blank line and 0x1A, as old programs write it: nothing."""
    claim = town.use(town.child(), town.house(), (1, 2, 3))
    town.send("K11_5.CSV", claim, change=lambda data: data + b"\r\n\x1a")
    return []

"""Nothing in, the charts as Vega-Lite specifications out. Called by `page`, which brings their data as the dataset `rows`.

Two series never differ by colour alone: lines differ in dash and point, bars stand in panels of their own.
"""

from __future__ import annotations

from typing import Any

import altair as alt

Chart = alt.LayerChart | alt.FacetChart
ROWS = "rows"
HALF, WIDE = 420, 880  # px; the page scales a chart to its column
DARK, WARM, PALE = "#17365d", "#b4500f", "#8a95a3"
_SHAPES, _DASHES = ["circle", "triangle-up"], [[1, 0], [6, 4]]
_FONT = '"Yu Gothic UI", "Yu Gothic", Meiryo, "Hiragino Sans", "Noto Sans CJK JP", sans-serif'
_CONFIG: dict[str, Any] = {
    "font": _FONT,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {"labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal", "gridColor": "#e3e7ec"},
    "legend": {"labelFontSize": 12, "title": None, "orient": "top", "symbolStrokeWidth": 2, "symbolSize": 90},
    "header": {"labelFontSize": 12, "labelFontWeight": "bold"},
    "text": {"fontSize": 11},
}
# "2026-05" as its month, and the year below the first month and every January. Where two series of more than 18 months
# share half the page, only the quarters are named.
_MONTH = (
    "[toNumber(slice(datum.label, 5)) + '', "
    "datum.index == 0 || slice(datum.label, 5) == '01' ? slice(datum.label, 0, 4) + '年' : '']"
)
_QUARTER = (
    "length(data('rows')) > 36 && datum.index != 0 && indexof(['01', '04', '07', '10'], slice(datum.label, 5)) < 0 "
    f"? '' : {_MONTH}"
)


def specs() -> dict[str, dict[str, Any]]:
    """Specification by the id of its place in page.html."""
    charts = {
        "rate": _lines(["件数", "金額"], WIDE, 240),
        "first": _lines(["初回の請求", "2回目以降の請求"], HALF - 100, 200),  # its ends have long names
        "returner": _panels(["市の返戻", "国保連の返戻"], "返戻件数"),
        "reasons": _bars("returned", "返戻件数(直近12か月)", WIDE - 240),
        "rolling": _lines(["直近12か月", "直近3か月"], WIDE, 200),
        "facilities": _dots(["直近12か月", "直近3か月"]),
        "repeaters": _bars("months", "返戻があった月の数(直近12か月)", WIDE - 240),
        "reclaims": _bars("claims", "返戻された請求の件数", HALF - 160),
        "deducted": _panels(["再請求なしの控除額", "うち今も再請求なし"], "万円"),
        "open": _panels(["判定できなかった件数"], "件数", WIDE, 160),
    }
    return {name: _plain(chart) for name, chart in charts.items()}


def _plain(chart: Chart) -> dict[str, Any]:
    spec = chart.configure(**_CONFIG).to_dict(validate=False)  # the tests validate; it takes a second
    del spec["$schema"]  # an address; the page says itself that this is Vega-Lite
    return spec


def _months(width: int) -> alt.X:
    label = _MONTH if width == WIDE else _QUARTER
    return alt.X("month:O", title="審査月", axis=alt.Axis(labelExpr=label, labelAngle=0, labelOverlap=False))


def _lines(kinds: list[str], width: int, height: int) -> Chart:
    """Rates by month, named at their ends.

    Rows: month, kind, rate (null: nothing received), few, said (the tooltip); and of the last point of a kind `label`
    and `above` (the other's end is below).
    """
    color, dash, shape = (alt.Scale(domain=kinds, range=marks) for marks in ([DARK, WARM], _DASHES, _SHAPES))
    base = alt.Chart(alt.NamedData(ROWS), width=width, height=height).encode(
        x=_months(width),
        y=alt.Y("rate:Q", title="返戻率", axis=alt.Axis(format="%", tickCount=5), scale=alt.Scale(zero=True)),
        color=alt.Color("kind:N", scale=color, legend=None),
        tooltip=[
            alt.Tooltip("kind:N", title="率"),
            alt.Tooltip("month:N", title="審査月"),
            alt.Tooltip("said:N", title="値"),
        ],
    )
    line = base.mark_line(strokeWidth=2.5).encode(strokeDash=alt.StrokeDash("kind:N", scale=dash, legend=None))
    own = alt.Fill("kind:N", scale=color, legend=None)
    point = base.mark_point(size=60, strokeWidth=2, opacity=1).encode(
        shape=alt.Shape("kind:N", scale=shape, legend=None),
        fill=alt.when("datum.few").then(alt.value("white")).otherwise(own),
    )
    ends = [
        base.transform_filter(f"datum.label && {side}")
        .mark_text(align="left", dx=9, dy=dy, fontWeight="bold", fontSize=12)
        .encode(text="label:N")
        for side, dy in (("datum.above", -7), ("!datum.above", 8))
    ]
    return alt.layer(line, point, *ends)


def _panels(kinds: list[str], title: str, width: int = HALF, height: int = 80) -> Chart:
    """Bars by month, a panel per kind on one scale.

    Rows: month, kind, value, label (above the bar), said (the tooltip).
    """
    base = alt.Chart(width=width, height=height).encode(
        x=_months(width),
        y=alt.Y("value:Q", title=title, axis=alt.Axis(tickCount=3, format=",.0f")),
        tooltip=[alt.Tooltip("month:N", title="審査月"), alt.Tooltip("said:N", title=title)],
    )
    bar = base.mark_bar(color=DARK, width=alt.expr("min(40, 0.75 * bandwidth('x'))"))
    text = base.mark_text(dy=-7, fontSize=10).encode(text="label:N")
    header = alt.Header(title=None, labelOrient="top", labelAnchor="start")
    return alt.layer(bar, text, data=alt.NamedData(ROWS)).facet(
        row=alt.Row("kind:N", sort=kinds, header=header), spacing=14
    )


# A chart that gets new rows keeps the old order of names unless it has a sort field.
_IN_ORDER = alt.EncodingSortField(field="order", op="min")


def _bars(field: str, title: str, width: int) -> Chart:
    """Horizontal bars.

    Rows: name, order, <field>, said (the text beside the bar).
    """
    base = alt.Chart(alt.NamedData(ROWS), width=width, height=alt.Step(26)).encode(
        x=alt.X(f"{field}:Q", title=title, axis=alt.Axis(tickMinStep=1, format=",.0f")),
        y=alt.Y("name:N", title=None, sort=_IN_ORDER, axis=alt.Axis(labelLimit=380, labelFontSize=12)),
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("said:N", title=title)],
    )
    return alt.layer(base.mark_bar(color=DARK, size=16), base.mark_text(align="left", dx=5).encode(text="said:N"))


def _dots(kinds: list[str]) -> Chart:
    """Two rates per facility on one line.

    Rows: name, order, kind, rate, said (the tooltip); from, to and label (at the right) only on those of the first kind.
    No layer transforms its rows: they would no longer agree on the order.
    """
    width = WIDE - 260
    base = alt.Chart(alt.NamedData(ROWS), width=width, height=alt.Step(26)).encode(
        x=alt.X("rate:Q", title="返戻率", axis=alt.Axis(format="%", tickCount=6), scale=alt.Scale(zero=True)),
        y=alt.Y("name:N", title=None, sort=_IN_ORDER, axis=alt.Axis(labelLimit=300, labelFontSize=12, grid=True)),
    )
    link = base.mark_rule(color=PALE, strokeWidth=2).encode(x="from:Q", x2="to:Q")
    point = base.mark_point(size=90, strokeWidth=2, opacity=1).encode(
        color=alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[DARK, WARM])),
        shape=alt.Shape("kind:N", scale=alt.Scale(domain=kinds, range=_SHAPES)),
        fill=alt.when(f"datum.kind === '{kinds[0]}'").then(alt.value(DARK)).otherwise(alt.value("white")),
        tooltip=[
            alt.Tooltip("name:N", title="事業所"),
            alt.Tooltip("kind:N", title="期間"),
            alt.Tooltip("said:N", title="返戻率"),
        ],
    )
    label = base.mark_text(align="left").encode(x=alt.value(width + 12), text="label:N")
    return alt.layer(link, point, label)

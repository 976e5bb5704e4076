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
        "run": _run(),
        "rate": _lines(["件数", "金額"], WIDE, 240),
        "first": _lines(["初回の請求", "2回目以降の請求"], HALF - 100, 200),  # its ends have long names
        "returner": _panels(["市の返戻", "国保連の返戻"], "返戻件数"),
        "reasons": _bars("returned", "返戻件数", WIDE - 240),
        "rolling": _lines(["最長12か月", "最長3か月"], WIDE, 200),
        "facilities": _funnel(),
        "checks": _shares(),
        "guidance": _differences(),
        "repeaters": _bars("months", "返戻があった月の数", WIDE - 240),
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


def _run() -> Chart:
    """The run chart: a rate by month, the centre of its part, the limits of what is usual.

    Rows: month, rate, centre, low, high (null: unknown), beyond, said (the tooltip), note (guidance), mark (▼ where there is
    some).
    """
    base = alt.Chart(alt.NamedData(ROWS), width=WIDE, height=260).encode(x=_months(WIDE))
    scale = alt.Y("rate:Q", title="返戻率", axis=alt.Axis(format="%", tickCount=6), scale=alt.Scale(zero=True))
    tooltip = [
        alt.Tooltip("month:N", title="審査月"),
        alt.Tooltip("said:N", title="返戻率"),
        alt.Tooltip("low:Q", title="下の限界", format=".1%"),
        alt.Tooltip("high:Q", title="上の限界", format=".1%"),
        alt.Tooltip("note:N", title="指導"),
    ]
    band = base.mark_area(opacity=0.18, color=PALE, interpolate="step").encode(y=alt.Y("low:Q"), y2="high:Q")
    edges = [
        base.mark_line(color=PALE, strokeDash=[3, 3], interpolate="step").encode(y=alt.Y(f"{name}:Q"))
        for name in ("low", "high")
    ]
    centre = base.mark_line(color=WARM, strokeWidth=1.5, strokeDash=[8, 4], interpolate="step").encode(
        y=alt.Y("centre:Q")
    )
    line = base.mark_line(color=DARK, strokeWidth=2).encode(y=scale)
    point = base.mark_point(size=70, strokeWidth=2, opacity=1, color=DARK).encode(
        y=scale,
        shape=alt.when("datum.beyond").then(alt.value("diamond")).otherwise(alt.value("circle")),
        fill=alt.when("datum.beyond").then(alt.value(WARM)).otherwise(alt.value("white")),
        tooltip=tooltip,
    )
    mark = base.mark_text(baseline="top", fontSize=14, color=WARM).encode(
        y=alt.value(0), text="mark:N", tooltip=[alt.Tooltip("note:N", title="指導")]
    )
    return alt.layer(band, *edges, centre, line, point, mark)


def _funnel() -> Chart:
    """Every facility by its claims and its rate, between the limits of 95 and 99.8 %.

    Rows of curves: kind (95% or 99.8%), line, claims, limit. Rows of facilities: kind 事業所, claims, rate, place, out, name,
    said, found (looked for), label.
    """
    base = alt.Chart(alt.NamedData(ROWS), width=WIDE, height=340).encode(
        x=alt.X("claims:Q", title="受付件数", scale=alt.Scale(type="sqrt", zero=True))
    )
    rate = alt.Y("rate:Q", title="返戻率", axis=alt.Axis(format="%"), scale=alt.Scale(zero=True))
    curve = (
        base.transform_filter("datum.kind !== '事業所'")
        .mark_line(strokeWidth=1.5)
        .encode(
            y=alt.Y("limit:Q", title="返戻率", axis=alt.Axis(format="%")),
            detail="line:N",
            color=alt.Color("kind:N", scale=alt.Scale(domain=["95%", "99.8%"], range=[PALE, WARM])),
            strokeDash=alt.StrokeDash("kind:N", scale=alt.Scale(domain=["95%", "99.8%"], range=_DASHES[::-1])),
        )
    )
    there = base.transform_filter("datum.kind === '事業所'")
    point = there.mark_point(strokeWidth=2, opacity=1, color=DARK).encode(
        y=rate,
        size=alt.when("datum.found").then(alt.value(220)).otherwise(alt.value(60)),
        shape=alt.when("datum.out").then(alt.value("diamond")).otherwise(alt.value("circle")),
        fill=alt.when("datum.out").then(alt.value(DARK)).otherwise(alt.value("white")),
        tooltip=[
            alt.Tooltip("name:N", title="事業所"),
            alt.Tooltip("said:N", title="返戻率"),
            alt.Tooltip("place:N", title="位置"),
        ],
    )
    label = there.mark_text(align="left", dx=8).encode(y=rate, text="label:N")
    return alt.layer(curve, point, label)


def _shares() -> Chart:
    """The share returned of what each check found, with its interval.

    Rows: name, order, rate, low, high, said (the tooltip), label (at the right).
    """
    width = WIDE - 420
    base = alt.Chart(alt.NamedData(ROWS), width=width, height=alt.Step(20)).encode(
        y=alt.Y("name:N", title=None, sort=_IN_ORDER, axis=alt.Axis(labelLimit=300, grid=True)),
        tooltip=[alt.Tooltip("name:N", title="確認"), alt.Tooltip("said:N", title="返戻の割合")],
    )
    axis = alt.Axis(format="%", tickCount=5)
    span = base.mark_rule(color=PALE, strokeWidth=3).encode(
        x=alt.X("low:Q", title="返戻相当の指摘のうち返戻した割合", axis=axis, scale=alt.Scale(domain=[0, 1])),
        x2="high:Q",
    )
    point = base.mark_point(size=60, strokeWidth=2, opacity=1, color=DARK, fill="white").encode(x=alt.X("rate:Q"))
    label = base.mark_text(align="left").encode(x=alt.value(width + 10), text="label:N")
    return alt.layer(span, point, label)


def _differences() -> Chart:
    """The change of a rate after guidance, with its interval.

    Rows: name, order, change, low, high (points of a hundred), said.
    """
    base = alt.Chart(alt.NamedData(ROWS), width=WIDE - 320, height=alt.Step(26)).encode(
        y=alt.Y("name:N", title=None, sort=_IN_ORDER, axis=alt.Axis(labelLimit=300, grid=True)),
        tooltip=[alt.Tooltip("name:N", title="指導"), alt.Tooltip("said:N", title="前と後")],
    )
    title = "返戻率の変化(ポイント)。0をまたぐものは、偶然でも起こる大きさです"
    span = base.mark_rule(color=PALE, strokeWidth=3).encode(x=alt.X("low:Q", title=title), x2="high:Q")
    point = base.mark_point(size=70, strokeWidth=2, opacity=1, color=DARK, fill="white").encode(x=alt.X("change:Q"))
    zero = base.mark_rule(color=WARM, strokeDash=[4, 3]).encode(x=alt.datum(0))
    return alt.layer(zero, span, point)

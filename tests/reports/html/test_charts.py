import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from paperflow.records import Paper
from paperflow.reports.charts import filled, score_bar, score_chart, timeline_chart
from paperflow.reports.report import Period, ScoredPaper, ScorePart
from tests.reports.html import strategies


def _periods(*pairs: tuple[str, int]) -> list[Period]:
    return [Period(label=label, count=count) for label, count in pairs]


def _pairs(periods: list[Period]) -> list[tuple[str, int]]:
    return [(item.label, item.count) for item in periods]


def _parts(*shares: float) -> tuple[ScorePart, ...]:
    names = ("relevance", "recency", "novelty", "authority")
    return tuple(
        ScorePart(name=name, value=share, share=share)
        for name, share in zip(names, shares, strict=False)
    )


def _row(rank: int, *shares: float) -> ScoredPaper:
    return ScoredPaper(
        key="k", paper=Paper(title=f"Paper {rank}"), rank=rank, parts=_parts(*shares)
    )


def test_years_between_are_filled_and_order_does_not_matter() -> None:
    given = _periods(("2023", 2), ("2020", 1), ("2023", 1))
    assert _pairs(filled(given)) == [("2020", 1), ("2021", 0), ("2022", 0), ("2023", 3)]


def test_months_are_filled_across_the_turn_of_the_year() -> None:
    given = _periods(("2019-11", 1), ("2020-02", 4))
    assert [label for label, _ in _pairs(filled(given))] == [
        "2019-11", "2019-12", "2020-01", "2020-02",
    ]  # fmt: skip


def test_many_months_and_mixed_labels_become_years() -> None:
    assert _pairs(filled(_periods(("2010-01", 1), ("2016-01", 2))))[0] == ("2010", 1)
    assert _pairs(filled(_periods(("2020-05", 1), ("2020", 2)))) == [("2020", 3)]


def test_a_gap_of_centuries_is_not_drawn_as_empty_columns() -> None:
    assert _pairs(filled(_periods(("1687", 1), ("2020", 2)))) == [("1687", 1), ("2020", 2)]


@pytest.mark.parametrize(
    "label", ["", "no year", "20201", "2020-13", "2020-1", "2020-", "２０２０"]
)
def test_a_label_that_is_no_date_is_left_out(label: str) -> None:
    assert filled(_periods((label, 3))) == []
    assert timeline_chart(_periods((label, 3))) == ""


@given(
    st.lists(
        st.builds(
            Period,
            label=st.from_regex(r"[0-9]{4}(-(0[1-9]|1[0-2]))?", fullmatch=True),
            count=st.integers(0, 1000),
        ),
        max_size=8,
    )
)
def test_filling_keeps_the_sum_and_the_order_of_time(periods: list[Period]) -> None:
    drawn = filled(periods)
    assert sum(item.count for item in drawn) == sum(item.count for item in periods)
    labels = [item.label for item in drawn]
    assert labels == sorted(set(labels))


def test_a_bar_is_as_long_as_its_shares_and_says_them() -> None:
    bar = html.fragment_fromstring(score_bar(_parts(0.5, 0.25, 0.0, 0.125)))
    rects = [(rect.get("x"), rect.get("width")) for rect in bar[1:]]
    assert rects == [("0%", "50%"), ("50%", "25%"), ("75%", "0%"), ("75%", "12.5%")]
    assert "relevance 0.50, recency 0.25, novelty 0.00, authority 0.12" in bar.get("aria-label")


def test_the_stacks_of_the_score_chart_stand_on_each_other() -> None:
    chart = html.fragment_fromstring(score_chart([_row(1, 0.6, 0.2), _row(2, 0.2, 0.2)]))
    first = chart.xpath("(.//g)[1]/rect[starts-with(@class, 'part')]")
    (y0, h0), (y1, h1) = [(float(r.get("y")), float(r.get("height"))) for r in first]
    assert y0 + h0 == pytest.approx(144)  # the ground
    assert y1 + h1 == pytest.approx(y0, abs=0.02)
    assert h0 == pytest.approx(3 * h1, abs=0.05)
    assert y1 == pytest.approx(14, abs=0.02)  # 0.8 is the top of the scale
    assert "from 0.80 at rank 1 to 0.40 at rank 2" in chart.get("aria-label")


def test_the_timeline_says_its_numbers_and_marks_columns_with_their_year() -> None:
    chart = html.fragment_fromstring(timeline_chart(_periods(("2021-12", 3), ("2022-01", 1))))
    assert chart.get("aria-label") == "Papers by date: 2021-12 3, 2022-01 1."
    assert chart.xpath(".//g/@data-year") == ["2021", "2022"]


@pytest.mark.parametrize("count", [1, 2, 6, 7, 40, 99, 100, 250])
def test_labels_below_a_chart_are_few_and_the_chart_stays_within_its_frame(count: int) -> None:
    rows = [_row(rank, 0.5) for rank in range(1, count + 1)]
    chart = html.fragment_fromstring(score_chart(rows))
    assert 1 <= len(chart.xpath(".//text[contains(@class, 'label')]")) <= 7
    assert len(chart.xpath(".//g")) == min(count, 100)
    for rect in chart.iter("rect"):
        left, width = float(rect.get("x")[:-1]), float(rect.get("width")[:-1])
        assert left >= 6.9
        assert left + width <= 100.1


def test_the_newest_period_always_has_its_label() -> None:
    for last in range(2001, 2030):
        chart = str(timeline_chart(_periods(("2000", 1), (str(last), 1))))
        labels = re.findall(r'class="label[^"]*"[^>]*>(\d+)<', chart)
        assert labels[-1] == str(last)
        assert len(labels) <= 6


@given(st.lists(strategies.rows, max_size=3), st.lists(strategies.score_parts, max_size=3))
def test_any_chart_is_well_formed_markup(rows: list[ScoredPaper], parts: list[ScorePart]) -> None:
    for chart in (score_chart(rows), score_bar(parts)):
        if chart:
            allowed = {"svg", "rect", "g", "title", "line", "text"}
            root = html.fragment_fromstring(re.sub("[^\x20-\ud7ff]", "", str(chart)))
            assert {element.tag for element in root.iter()} <= allowed

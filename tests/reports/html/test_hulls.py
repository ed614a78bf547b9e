"""Statements are drawn as hulls around all their concepts, and around nothing else."""

import re

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from paperflow.reports.connection import Connection, Member, Step
from paperflow.reports.html import render
from paperflow.reports.hulls import draw_route
from paperflow.reports.report import Report


def member(name, roles=()):
    return Member(id=name, label=name, type="concept", roles=roles)


def step(names, relation="use", **more):
    return Step(id=relation, relation=relation, members=tuple(map(member, names)), **more)


def drawn(route, ends=()):
    return etree.fromstring(str(draw_route(route, ends)))


def hulls_and_spots(picture):
    hulls = [
        [tuple(map(float, point.split())) for point in re.split("[ML]", path.rstrip("Z"))[1:]]
        for path in picture.xpath("//*[@class and starts-with(@class, 'hull ')]/path/@d")
    ]
    spots = [
        (group.findtext("title").removesuffix(" (concept)"), float(x), float(y))
        for group in picture.xpath("//*[starts-with(@class, 'spot')]")
        for x, y in [(group.find("circle").get("cx"), group.find("circle").get("cy"))]
    ]
    return hulls, spots


def inside(corners, x, y):
    """Tell whether a point is in a convex polygon, its rim included."""
    if len(corners) == 1:
        return corners[0] == (x, y)
    turns = [
        (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True)
    ]
    within = min(c[0] for c in corners) <= x <= max(c[0] for c in corners)
    return within and (min(turns) >= -1e-6 or max(turns) <= 1e-6)


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=8)
CHAINS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 4)), min_size=1, max_size=5
)  # shared with the next, own


def chain(sizes):
    """Return statements in which neighbours alone share concepts."""
    routes, before = [], []
    for number, (shared, own) in enumerate(sizes):
        after = [f"s{number}.{i}" for i in range(shared)]
        routes.append(step([*before, *(f"o{number}.{i}" for i in range(own)), *after]))
        before = after
    return routes


@given(CHAINS)
def test_a_hull_holds_its_concepts_and_no_other(sizes):
    route = chain(sizes)
    hulls, spots = hulls_and_spots(drawn(route))
    assert len(hulls) == len(route)
    for corners, item in zip(hulls, route, strict=True):
        names = {member.id for member in item.members}
        assert {name for name, x, y in spots if inside(corners, x, y)} == names


@given(CHAINS)
def test_no_concept_lies_on_another(sizes):
    _, spots = hulls_and_spots(drawn(chain(sizes)))
    assert len({(x, y) for _, x, y in spots}) == len(spots)


@given(st.lists(st.lists(NAMES, min_size=1, max_size=5, unique=True), min_size=1, max_size=4))
def test_any_route_is_drawn_the_same_twice_and_is_markup(names):
    route = [step(item, relation="<b>&") for item in names]
    assert draw_route(route) == draw_route(route)
    assert len(drawn(route).xpath("//*[starts-with(@class, 'hull ')]")) == len(route)


def test_a_concept_that_comes_back_is_drawn_twice():
    route = [step("ab"), step("bc"), step("ca")]
    _, spots = hulls_and_spots(drawn(route))
    assert sorted(name for name, _, _ in spots) == ["a", "a", "b", "c"]


def test_ends_are_marked():
    picture = drawn([step("ab"), step("bc")], ("a", "c"))
    marked = picture.xpath("//*[@class='spot end']/title/text()")
    assert marked == ["a (concept)", "c (concept)"]


def test_an_empty_route_is_no_picture():
    assert draw_route([]) == ""


def test_the_page_shows_routes_with_quotes_and_needs_no_inline_style():
    route = (step("ab", shared=("b",), quote="A <uses> B.", paper_id="p", key="lee_2020"),)
    found = Connection(ends=(member("a"), member("b")), s=1, routes=(route,), complete=False)
    page = render(Report(title="T", connection=found))
    assert "A &lt;uses&gt; B." in page
    assert "shared with the next: b" in page
    assert "lee_2020" in page
    assert "the search was given up early" in page
    assert " style=" not in page[page.index('id="connection"') :]

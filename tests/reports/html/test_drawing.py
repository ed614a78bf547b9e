import math
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from paperflow.records import Participant
from paperflow.reports.drawing import LOOKS, Box, Dot, dot_box, label_box, labelled, picture, sign
from paperflow.reports.layout import cut, positions, radii
from paperflow.reports.report import Edge, Graph, Node, Statement

NAMES = [f"n{i:02}" for i in range(24)]
links = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=30)
sizes = st.dictionaries(st.sampled_from(NAMES), st.floats(9, 24), min_size=1)


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _inside(names: dict[str, float], pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(a, b) for a, b in pairs if a in names and b in names]


@settings(max_examples=40)
@given(sizes, links, st.randoms())
def test_places_do_not_depend_on_any_order(
    names: dict[str, float], pairs: list[tuple[str, str]], random: Random
) -> None:
    pairs = _inside(names, pairs)
    mixed_names = list(names.items())
    mixed_pairs = [(b, a) for a, b in pairs]
    random.shuffle(mixed_names)
    random.shuffle(mixed_pairs)
    assert positions(dict(mixed_names), mixed_pairs) == positions(names, pairs)


@settings(max_examples=40)
@given(sizes, links)
def test_every_node_has_a_place_and_none_covers_another(
    names: dict[str, float], pairs: list[tuple[str, str]]
) -> None:
    places = positions(names, _inside(names, pairs))
    assert set(places) == set(names)
    for a in names:
        for b in names:
            if a < b:
                distance = math.dist(places[a], places[b])
                assert distance >= names[a] + names[b] - 1


def test_neighbours_stand_nearer_than_strangers() -> None:
    ring = [(f"a{i}", f"a{(i + 1) % 8}") for i in range(8)]
    places = positions({f"a{i}": 10.0 for i in range(8)}, ring)
    near = max(math.dist(places[a], places[b]) for a, b in ring)
    far = math.dist(places["a0"], places["a4"])
    assert near < far


def test_no_nodes_have_no_places() -> None:
    assert positions({}, []) == {}


def test_a_graph_is_cut_to_its_weightiest_nodes_then_to_those_with_most_edges() -> None:
    nodes = tuple(Node(id=f"n{i}", label="x", type="concept", weight=i // 3) for i in range(6))
    edges = (
        Edge(source="n5", target="n0", type="uses"),
        Edge(source="n5", target="n2", type="uses"),
        Edge(source="n5", target="n5", type="uses"),
        Edge(source="n5", target="gone", type="uses"),
    )
    parts = [tuple(Participant(entity_id=name, role="object") for name in names)
             for names in (("n3", "n4"), ("n5", "n1"), ("n5", "gone"))]  # fmt: skip
    statements = tuple(Statement(label="s", participants=names) for names in parts)
    kept = cut(Graph(nodes=nodes, edges=edges, statements=statements), limit=4)
    assert [node.id for node in kept.nodes] == ["n0", "n3", "n4", "n5"]  # n0: an edge, first by id
    assert [(edge.source, edge.target) for edge in kept.edges] == [("n5", "n0")]
    assert [item.participants[0].entity_id for item in kept.statements] == ["n3"]


def test_a_radius_grows_with_the_weight_and_odd_weights_do_no_harm() -> None:
    weights = {"a": 9.0, "b": 1.0, "c": 0.0, "d": -4.0, "e": math.nan, "f": math.inf}
    found = radii([Node(id=name, label="x", type="t", weight=w) for name, w in weights.items()])
    assert found["a"] == 24.0
    assert found["b"] == 14.0
    assert found["c"] == found["d"] == found["e"] == found["f"] == 9.0


dots = st.lists(
    st.builds(
        Dot,
        x=st.integers(-400, 400),
        y=st.integers(-300, 300),
        radius=st.floats(9, 24),
        type=st.sampled_from(["paper", "concept", "statement", "other"]),
        label=st.text("abc ", max_size=20),
    ),
    max_size=12,
)


@given(dots)
def test_a_label_never_covers_a_larger_dot_or_another_label(dots: list[Dot]) -> None:
    chosen = labelled(dots, 14.0)
    boxes = {i: label_box(dots[i], 14.0, side) for i, side in chosen.items()}
    for i, box in boxes.items():
        assert dots[i].type != "statement"
        assert not any(_overlap(box, other) for j, other in boxes.items() if j != i)
        larger = [dot for j, dot in enumerate(dots) if j != i and dot.radius > dots[i].radius]
        assert not any(_overlap(box, dot_box(dot)) for dot in larger)


def test_a_lonely_node_has_its_label() -> None:
    assert labelled([Dot(0, 0, 12.0, "concept", "graph transformer")], 14.0) == {0: "bottom"}


def test_the_picture_draws_every_node_and_line_and_says_what_it_is() -> None:
    drawn = [Dot(0, 0, 12.0, "concept", "a"), Dot(90, 0, 20.0, "method", "b")]
    root = html.fragment_fromstring(picture(drawn, [(0, 1)], "Two nodes."))
    assert root.get("aria-label") == "Two nodes."
    assert len(root.xpath(".//circle")) == 1
    assert len(root.xpath(".//polygon")) == 1
    assert len(root.xpath(".//line")) == 1
    assert root.xpath(".//text/text()") == ["a", "b"]
    assert picture([], [], "Nothing.") == ""


def test_every_type_has_a_sign_of_its_own() -> None:
    signs = [str(sign(name)) for name in LOOKS]
    assert len(set(signs)) == len(signs)
    assert 'class="node other"' in sign("a type of the future")

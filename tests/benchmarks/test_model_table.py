"""The table of what benchmarks/models.py has kept."""

import json

from model_bench.table import table

ROWS = [
    {"name": "cora hard, GAE", "value": 0.128, "unit": "mrr", "baseline": 0.128, "goal": None},
    {
        "name": "cora hard, ours",
        "value": 0.1804,
        "unit": "mrr",
        "baseline": 0.128,
        "goal": 0.2,
        "holds": False,
        "note": "± 0.0123, 5 seeds, 9 s each, 610 MiB; AUC 0.940",
    },
    {
        "name": "citeseer, ours",
        "value": 74.68,
        "unit": "%",
        "baseline": 70.8,
        "goal": 72.5,
        "holds": True,
        "note": "1 run, 3 s each",
    },
]


def test_rows_with_a_goal_become_lines_with_their_cost_and_the_name_of_what_stands_beside(tmp_path):
    (tmp_path / "models_links.json").write_text(json.dumps({"rows": ROWS}), "utf-8")
    head, rule, *lines = table(tmp_path, ["kg", "links"]).splitlines()
    assert head.count("|") == rule.count("|")
    assert lines == [
        "| links | cora hard, ours, mrr | .180 ± .012 | 5 | GAE .128 | .200 **missed** | 9 | 610 |",
        "| links | citeseer, ours, % | 74.7 | 1 | 70.8 | 72.5 met | 3 |  |",
    ]

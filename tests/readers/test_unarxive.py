"""unarXive: floats stand where the text has them, and one without a caption is only counted."""

import io
import json

from paperflow.documents import problems_of
from paperflow.readers import READERS, File

FIRST, SECOND, LAST, FORMULA = (f"{n}0000000-0000-0000-0000-000000000000" for n in range(4))


def part(section, text):
    return {"section": section, "sec_number": "1", "sec_type": "section", "text": text}


def read():
    line = {
        "paper_id": "2212.00001",
        "metadata": {"title": "Bridges", "authors": "L. Euler", "abstract": "Crossed once."},
        "body_text": [
            part("Method", f"{{{{figure:{FIRST}}}}}{{{{table:{SECOND}}}}}"),
            part("Method", "Every bridge is crossed."),
            part(f"Results on {{{{formula:{FORMULA}}}}}", "It can't be done."),
        ],
        "ref_entries": {
            FIRST: {"type": "figure", "caption": "NO_CAPTION"},
            SECOND: {"type": "table", "caption": "The bridges."},
            LAST: {"type": "figure", "caption": "The town."},
            FORMULA: {"type": "formula", "latex": "n"},
        },
        "bib_entries": {},
    }
    data = json.dumps(line).encode()
    (found,) = READERS.load("unarxive").read(File(io.BytesIO(data), "a.jsonl", data))
    assert problems_of(found) == []
    return found


def test_a_figure_or_table_stands_in_its_section():
    found = read()
    assert [found.blocks[item.block].text for item in (*found.figures, *found.tables)] == [
        "Figure 1",
        "Figure 2: The town.",
        "Table 1: The bridges.",
    ]
    sections = [found.path_of(found.blocks[item.block].section) for item in found.figures]
    assert sections == ["Method", "Results on $n$"]
    assert found.path_of(found.blocks[found.tables[0].block].section) == "Method"

"""The file under the store: processes, threads, migrations, and disks that refuse."""

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from paperflow.errors import BadInput, WorkspaceError
from paperflow.records import Paper
from paperflow.store import open_store
from paperflow.store.database import use_write_ahead_log
from paperflow.store.migrations import SQLITE

ADD = """
import sys
from paperflow.records import Paper
from paperflow.store import open_store
store = open_store(sys.argv[1])
for number in range(40):
    store.papers.add([Paper(title=f"Paper {number}"), Paper(title=f"{sys.argv[2]} {number}")])
"""


def test_two_processes_may_add_at_once(tmp_path):
    path = tmp_path / "store.sqlite"
    writers = [
        subprocess.Popen([sys.executable, "-c", ADD, str(path), name]) for name in ("left", "right")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    with open_store(path) as store:
        assert store.papers.count() == 120
        assert not list(store.checks.problems())


def test_threads_share_a_store(store):
    def add(number):
        store.papers.add([Paper(title=f"Paper {number}")])
        return store.papers.count() > 0

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(add, range(40)))
    assert store.papers.count() == 40


def test_migrations_are_applied_once_and_recorded(tmp_path):
    path = tmp_path / "store.sqlite"
    for _ in range(2):
        with open_store(path) as store:
            names = [row[0] for row in store.database.execute("select name from migrations")]
            assert sorted(names) == [name for name, _ in SQLITE]


def test_a_store_of_a_newer_version_is_not_touched(tmp_path):
    path = tmp_path / "store.sqlite"
    with open_store(path) as store:
        store.database.execute("insert into migrations values ('m999_future')")
    with pytest.raises(WorkspaceError, match="newer paperflow"):
        open_store(path)


def test_a_file_that_is_no_database_is_named(tmp_path):
    path = tmp_path / "store.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(WorkspaceError, match="not a database") as caught:
        open_store(path)
    assert caught.value.hint


def test_an_unknown_engine_is_named():
    with pytest.raises(BadInput, match="no store engine"):
        open_store("mysql://host/name")


def test_a_full_disk_loses_nothing_that_was_confirmed(tmp_path):
    path = tmp_path / "store.sqlite"
    with open_store(path) as store:
        store.papers.add([Paper(title="Safe")])
        pages = store.database.execute("pragma page_count").fetchone()[0]
        store.database.execute(f"pragma max_page_count = {pages + 2}")
        with pytest.raises(WorkspaceError, match="full") as caught:
            store.papers.add([Paper(title=f"Paper {n}", abstract="x" * 5000) for n in range(50)])
        assert "free some space" in caught.value.hint
        assert [paper.title for paper in store.papers.all()] == ["Safe"]
        assert not list(store.checks.problems())


def test_a_store_that_can_only_be_read_is_read(tmp_path, monkeypatch):
    path = tmp_path / "store.sqlite"
    with open_store(path) as store:
        store.papers.add([Paper(title="Graph transformers")])
    monkeypatch.setattr(os, "access", lambda *_: False)
    with open_store(path) as store:
        assert store.read_only
        assert len(store.search.papers(["graph"], 5)) == 1
        assert store.search.document_frequency(["graph"]) == {"graph": 1}
        with pytest.raises(WorkspaceError, match="readonly"):
            store.papers.add([Paper(title="New")])


def test_a_failure_inside_a_transaction_undoes_all_of_it(store):
    def fail():
        with store.database.transaction():
            store.database.execute("insert into removals values ('x', 1)")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert store.database.execute("select count(*) from removals").fetchone() == (0,)


def test_the_log_is_waited_for_where_another_connection_switches_to_it_too():
    class Locked:
        answers = iter([sqlite3.OperationalError("database is locked"), None])

        def execute(self, sql):
            if error := next(self.answers):
                raise error

    connection = Locked()
    use_write_ahead_log(connection)
    assert next(connection.answers, "asked twice") == "asked twice"
    Locked.answers = iter([sqlite3.OperationalError("disk I/O error")])
    with pytest.raises(sqlite3.OperationalError, match="disk"):
        use_write_ahead_log(connection)

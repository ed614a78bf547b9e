"""What models hold likely, apart from every fact: pairs with reasons, models with cards."""

import json
from collections.abc import Sequence
from typing import Any

from paperflow.records import Prediction
from paperflow.store.database import Database

_COLUMNS = "kind, source, target, source_label, target_label, score, calibrated, reasons, predictor"


class Predictions:
    """The latest predictions of each kind and source, and the card of what made each."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def put(
        self,
        kind: str,
        found: Sequence[Prediction],
        card: dict[str, Any],
        *,
        sources: Sequence[str] | None = None,
    ) -> None:
        """Replace the predictions of a kind, or those of some sources; all are of one model.

        The card says what the model is and how good; it is kept beside them.
        """
        with self._db.transaction():
            self._forget(kind, sources)
            text = json.dumps(card, ensure_ascii=False, sort_keys=True)
            for name in sorted({item.model for item in found}):
                self._db.execute(
                    "insert into predictors values (?, ?) "
                    "on conflict (name) do update set card = excluded.card",
                    (name, text),
                )
            self._db.many(
                f"insert into predictions ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                map(_row, found),
            )
            self._db.execute(
                "delete from predictors where name not in (select predictor from predictions)"
            )

    def _forget(self, kind: str, sources: Sequence[str] | None) -> None:
        if sources is None:
            self._db.execute("delete from predictions where kind = ?", (kind,))
        else:
            self._db.many(
                "delete from predictions where kind = ? and source = ?",
                [(kind, source) for source in sources],
            )

    def all(self, kind: str | None = None) -> list[Prediction]:
        """Return the predictions, of one kind or all, by kind, the likeliest first."""
        where, values = ("", ()) if kind is None else ("where kind = ?", (kind,))
        sql = f"select {_COLUMNS} from predictions {where}"
        rows = self._db.execute(f"{sql} order by kind, score desc, source, target", values)
        return [_prediction(row) for row in rows]

    def cards(self) -> dict[str, dict[str, Any]]:
        """Return the card of each model that made a prediction, by its name."""
        rows = self._db.execute("select name, card from predictors order by name")
        return {name: json.loads(card) for name, card in rows}


def _row(item: Prediction) -> tuple[Any, ...]:
    return (
        item.kind,
        item.source,
        item.target,
        item.source_label,
        item.target_label,
        item.score,
        int(item.calibrated),
        json.dumps(item.reasons, ensure_ascii=False),
        item.model,
    )


def _prediction(row: tuple[Any, ...]) -> Prediction:
    kind, source, target, source_label, target_label, score, calibrated, reasons, model = row
    return Prediction(
        kind=kind,
        source=source,
        target=target,
        source_label=source_label,
        target_label=target_label,
        score=score,
        calibrated=bool(calibrated),
        reasons=tuple(json.loads(reasons)),
        model=model,
    )

"""Citation sentiment on Athar's network: text alone against text and graph.

Five folds, no cited paper on both sides; a sentence that also stands in the test fold is taken
out of training. Sober baseline: a balanced SVM on TF-IDF of the sentences as they are. Text
alone: the same on sentences with the cited work marked and on the words near it, with class
offsets chosen on held-out training folds. Text and graph: a TANGNN over papers and citations,
whose nodes hear titles and unlabelled sentences by the frozen encoder, corrects what the SVM
told of held-out sentences.
"""

from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from report import Row
from scipy.sparse import csr_array, hstack
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from model_bench.cited import read
from model_bench.experiment import Bench, Case, Found, Result, average, row
from model_bench.texts import vectors
from paperflow import ops
from paperflow.graph_models.evaluate import macro_f1, paired_bootstrap
from paperflow.graph_models.heads import EdgeTextHead
from paperflow.graph_models.models.tangnn import TANGNN
from paperflow.graph_models.training import Plan, fit

GOAL = 0.60
FLOOR = 0.496
FOLDS = 5
PLAN: dict[str, Any] = {"epochs": 30, "every": 3, "patience": 4, "rate": 5e-3, "clip": 1.0}
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

corpus = cache(read)


def folds(seed: int) -> Ints:
    """Return each sentence's fold; all sentences about a paper share theirs."""
    cited = corpus().cited
    works = sorted(set(cited))
    order = np.random.default_rng(seed).permutation(len(works)) % FOLDS
    of = dict(zip(works, order.tolist(), strict=True))
    return np.array([of[work] for work in cited])


def parts(fold: Ints, test: int) -> tuple[Ints, Ints]:
    """Return the rows to train on and those to test on, no sentence on both sides."""
    texts = corpus().texts
    last = np.flatnonzero(fold == test)
    shown = {texts[i] for i in last}
    return np.array([i for i in np.flatnonzero(fold != test) if texts[i] not in shown]), last


@cache
def raw_words() -> csr_array:
    """Return TF-IDF of words and characters of the sentences as they are."""
    return _tfidf(corpus().texts, chars=True)


@cache
def all_text() -> csr_array:
    """Return TF-IDF of marked sentences and of what is near the citation."""
    return csr_array(hstack([_tfidf(corpus().marked, chars=True), _tfidf(corpus().near)]))


def _tfidf(texts: list[str], chars: bool = False) -> csr_array:
    from sklearn.feature_extraction.text import TfidfVectorizer

    word = TfidfVectorizer(
        ngram_range=(1, 3), min_df=2, sublinear_tf=True, token_pattern=r"\b\w+\b"
    )
    made = [word.fit_transform(texts)]
    if chars:
        char = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True)
        made.append(char.fit_transform(texts))
    return csr_array(hstack(made))


def svm(features: csr_array, train: Ints, test: Ints) -> Floats:
    """Return the decision values [B, 3] of a balanced linear SVM."""
    from sklearn.svm import LinearSVC

    model = LinearSVC(class_weight="balanced", C=0.3, tol=1e-3, random_state=0)
    model.fit(features[train], corpus().labels[train])
    told: Floats = model.decision_function(features[test])
    return told


def held_out(features: csr_array, train: Ints, fold: Ints) -> Floats:
    """Return decision values [B, 3] of training rows by SVMs that did not see their fold."""
    told = np.zeros((len(train), 3))
    for part in np.unique(fold[train]):
        mine = fold[train] == part
        told[mine] = svm(features, train[~mine], train[mine])
    return told


def offsets(scores: Floats, labels: Ints) -> Floats:
    """Return what to add to the classes' scores for the best macro-F1 on these rows."""
    best, found = macro_f1(labels, scores.argmax(1), 3), np.zeros(3)
    for _ in range(2):
        for label in (1, 2):
            for step in np.linspace(-2, 2, 41):
                tried = found.copy()
                tried[label] = step
                reached = macro_f1(labels, (scores + tried).argmax(1), 3)
                if reached > best:
                    best, found = reached, tried
    return found


class SentenceModel(nn.Module):
    """A TANGNN over papers, and a head on a sentence and its two papers."""

    def __init__(self, nodes: Tensor, edges: Tensor, text_width: int) -> None:
        super().__init__()
        self.register_buffer("nodes", nodes, persistent=False)
        both = torch.cat([edges, edges.flip(0)], 1)
        self.graph = ops.Graph.from_edge_index(torch.unique(both, dim=1), len(nodes))
        self.encoder = TANGNN(nodes.shape[1], 32, 16, layers=2, m=20, dropout=0.3)
        self.head = EdgeTextHead(16, text_width, 64, 3, dropout=0.5)

    nodes: Tensor

    def forward(self, ends: Tensor, text: Tensor, told: Tensor) -> Tensor:
        """Return logits [B, 3]: what the SVM told [B, 3], and what sentence and graph add."""
        papers = self.encoder(self.nodes, self.graph)
        extra: Tensor = self.head(papers[ends[0]], papers[ends[1]], text)
        return told + extra


@cache
def network() -> tuple[Tensor, Tensor]:
    """Return the papers' features [N, F] and the ends [2, S] of each sentence.

    A paper is its title and the means of the sentences in which it cites and is cited.
    """
    found = corpus()
    papers = sorted({*found.citing, *found.cited})
    place = {paper: number for number, paper in enumerate(papers)}
    ends = torch.tensor([[place[p] for p in side] for side in (found.citing, found.cited)])
    titles = torch.from_numpy(vectors([found.titles[paper] for paper in papers]))
    said = sentences()
    means = []
    for side in ends:
        count = torch.bincount(side, minlength=len(papers)).clamp(min=1)[:, None]
        means.append(torch.zeros(len(papers), said.shape[1]).index_add_(0, side, said) / count)
    return torch.cat([titles, *means], 1), ends


@cache
def sentences() -> Tensor:
    """Return the frozen encoder's vectors of the sentences [S, 384]."""
    return torch.from_numpy(vectors(corpus().texts))


def graph_scores(
    told: Floats, test_told: Floats, rows: tuple[Ints, Ints], fold: Ints, seed: int
) -> tuple[Floats, Floats]:
    """Return scores of training and test rows by four models, each blind to one inner fold."""
    train, test = rows
    inner = fold[train]
    own, last = np.zeros_like(told), np.zeros_like(test_told)
    for number, part in enumerate(np.unique(inner)):
        seen, kept = np.flatnonzero(inner != part), np.flatnonzero(inner == part)
        model = _trained(told, train, seen, kept, FOLDS * seed + number)
        own[kept] = _scores(model, train[kept], told[kept])
        last += _scores(model, test, test_told) / len(np.unique(inner))
    return own, last


def _inputs(rows: Ints, told: Floats) -> tuple[Tensor, Tensor, Tensor]:
    text = sentences()[torch.from_numpy(rows)]
    scores = torch.from_numpy(told).float()
    return network()[1][:, torch.from_numpy(rows)], torch.cat([text, scores], 1), scores


def _trained(told: Floats, train: Ints, seen: Ints, kept: Ints, seed: int) -> SentenceModel:
    torch.manual_seed(seed)
    nodes, ends = network()
    inputs = _inputs(train[seen], told[seen])
    truth = torch.from_numpy(corpus().labels[train])
    model = SentenceModel(nodes, ends, inputs[1].shape[1])
    weight = (len(seen) / (3 * torch.bincount(truth[seen], minlength=3))).sqrt()

    def losses(_: int) -> Any:
        yield cross_entropy(model(*inputs), truth[seen], weight)

    def score() -> float:
        scores = _scores(model, train[kept], told[kept])
        labels = truth[kept].numpy()
        return macro_f1(labels, (scores + offsets(scores, labels)).argmax(1), 3)

    fit(model, losses, score, Plan(**PLAN, seed=seed))
    return model


@torch.no_grad()
def _scores(model: SentenceModel, rows: Ints, told: Floats) -> Floats:
    model.eval()
    found: Floats = model(*_inputs(rows, told)).log_softmax(1).double().numpy()
    return found


def measured(seed: int) -> Result:
    """Return macro-F1 of the three systems on the same folds, and what each told."""
    fold, labels = folds(seed), corpus().labels
    told = {name: np.zeros(len(labels), dtype=np.int64) for name in ("sober", "text", "graph")}
    for number in range(FOLDS):
        train, test = parts(fold, number)
        told["sober"][test] = svm(raw_words(), train, test).argmax(1)
        own, last = held_out(all_text(), train, fold), svm(all_text(), train, test)
        told["text"][test] = (last + offsets(own, labels[train])).argmax(1)
        own, last = graph_scores(own, last, (train, test), fold, seed)
        told["graph"][test] = (last + offsets(own, labels[train])).argmax(1)
    scores = {name: macro_f1(labels, answer, 3) for name, answer in told.items()}
    return {**scores, "p": better(told["graph"], told["text"])}


def better(ours: Ints, theirs: Ints) -> float:
    """Return the one-sided p of the paired bootstrap over sentences."""
    labels = corpus().labels

    def metric(cases: Ints) -> tuple[float, float]:
        return macro_f1(labels[cases], ours[cases], 3), macro_f1(labels[cases], theirs[cases], 3)

    return paired_bootstrap(metric, len(labels)).p


def bench(quick: bool) -> Bench:
    """Return the one case, which measures the three systems on the same folds."""
    return Bench([Case("grouped by cited paper", measured, 200.0, str(PLAN))], rows)


def rows(found: Found) -> list[Row]:
    """Return macro-F1 of each system."""
    (results,) = found.values()
    sober, text = average(results, "sober"), average(results, "text")
    above = f"p against text alone {max(result['p'] for result in results):.3f} at most"
    name = "athar, grouped by cited paper"
    return [
        row(f"{name}, TF-IDF + SVM", results, "sober", unit="macroF1", baseline=FLOOR),
        row(f"{name}, text alone", results, "text", unit="macroF1", baseline=sober),
        row(
            f"{name}, TANGNN on text and graph",
            results,
            "graph",
            unit="macroF1",
            baseline=text,
            goal=GOAL,
            note=above,
        ),
    ]

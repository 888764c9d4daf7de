"""``make compare-readers``: what each way of reading reaches on the held-out events, all taught by the same examples.

Rules alone; words and runs of characters; the encoder as it came (mean of its piece vectors over title and over the
other sentences read), alone and with the rules' findings; the reader that ships, with the rules' findings blanked, and
whole. The first three need no training of the encoder (Joachims 1998 for the n-grams).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from config.catalogue import load_catalogue
from config.tone_model import FOLDER, load_artefact
from deploy.training.examples import Prepared, is_held_out, prepare, read_examples
from deploy.training.finish import say
from deploy.training.graph import write_graph
from deploy.training.network import read_embedding, read_layers
from deploy.training.pretrained import find_weights, read_pretrained
from deploy.training.train import EXAMPLES, ROOT
from services.signals.model.encoder import Encoder
from services.signals.model.heads import add_phrases, answer
from services.signals.model.rule_features import TONES
from services.signals.model.subwords import Subwords
from services.signals.model.tone_input import ToneInput
from services.signals.model.tone_model import Artefact, read_of
from services.signals.sight import RuleBook

TABLE = ROOT / "config" / "reader" / "COMPARISON.md"
Labels = npt.NDArray[np.int64]
Table = npt.NDArray[np.float32]


def measure(labels: Labels, said: Labels) -> tuple[float, int, int]:
    """Macro-F1, signs reversed, and items where label and answer both have a direction."""
    scores = []
    for tone in range(len(TONES)):
        true, found = labels == tone, said == tone
        scores.append(2 * (true & found).sum() / max(1, true.sum() + found.sum()))
    both = (labels < 2) & (said < 2)
    return float(np.mean(scores)), int((labels != said)[both].sum()), int(both.sum())


def by_n_grams(train: Sequence[Prepared], test: Sequence[Prepared]) -> Labels:
    """Words and pairs of words, and runs of one to four characters."""
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=3, sublinear_tf=True)
    reader = make_pipeline(make_union(words, characters), LogisticRegression(C=10, max_iter=1000))
    reader.fit([_text(item) for item in train], labels_of(train))
    return np.asarray(reader.predict([_text(item) for item in test]))


def by_vectors(train: Table, labels: Labels, test: Table) -> Labels:
    """Logistic regression on vectors."""
    reader = make_pipeline(StandardScaler(), LogisticRegression(C=0.02, max_iter=1000))
    return np.asarray(reader.fit(train, labels).predict(test))


def embed(items: Sequence[Prepared], encoder: Encoder) -> Table:
    """float32[items, 768]: mean piece vector of the first sentence read, and of the others."""
    return np.stack([_embed(item.given, encoder) for item in items])


def _embed(given: ToneInput, encoder: Encoder) -> Table:
    states = encoder.encode(given.pieces)
    first, others = given.spans[0], given.spans[1:]
    rest = [states[start:end].mean(axis=0) for start, end in others] or [np.zeros(states.shape[1], np.float32)]
    return np.concatenate([states[first[0] : first[1]].mean(axis=0), np.mean(rest, axis=0)])


def by_reader(test: Sequence[Prepared], encoder: Encoder, artefact: Artefact, without: Collection[str] = ()) -> Labels:
    """The reader that ships, ``without`` the rules' findings ("rules") or the linear reading ("phrases")."""
    blanked = ("tone_rules", "look_rules", "tone_article") if "rules" in without else ()
    heads = {**artefact.heads, **{name: artefact.heads[name] * 0 for name in blanked}}
    said = []
    for item in test:
        answers = answer(heads, encoder.encode(item.given.pieces), item.given, item.named)
        if "phrases" not in without:
            answers = add_phrases(answers, artefact.phrases.weigh(read_of(item.sight, item.given)))
        said.append(int(answers.tone.argmax()))
    return np.array(said)


def labels_of(items: Sequence[Prepared]) -> Labels:
    """Number of the label of every item."""
    return np.array([int(item.tone.argmax()) for item in items])


def main() -> None:
    """Print the table and write it beside the examples."""
    artefact = load_artefact(FOLDER)
    subwords, rules = Subwords(artefact.vocabulary), RuleBook(load_catalogue())
    prepared = list(prepare(read_examples(EXAMPLES), rules, subwords, artefact.authorities))
    train = [item for item in prepared if not is_held_out(item.example)]
    test = [item for item in prepared if is_held_out(item.example)]
    pretrained = read_pretrained(find_weights())
    start = {"embedding": read_embedding(pretrained), "layers": read_layers(pretrained)}
    raw, tuned = Encoder(write_graph(start), artefact.rows), Encoder(artefact.graph, artefact.rows)
    vectors, others, taught = embed(train, raw), embed(test, raw), labels_of(train)
    found, sought = (np.stack([item.given.article_features for item in items]) for items in (train, test))
    said = {
        "rules alone": np.array([TONES.index(item.sight.verdict.tone) for item in test]),
        "n-grams, logistic regression": by_n_grams(train, test),
        "frozen encoder, logistic regression": by_vectors(vectors, taught, others),
        "frozen encoder + rules, logistic regression": by_vectors(
            np.hstack([vectors, found]), taught, np.hstack([others, sought])
        ),
        "fine-tuned encoder alone": by_reader(test, tuned, artefact, ("rules", "phrases")),
        "fine-tuned encoder + rules": by_reader(test, tuned, artefact, ("phrases",)),
        "fine-tuned encoder + rules + words and runs (ships)": by_reader(test, tuned, artefact),
    }
    lines = ["| reader | macro-F1 en | flips en | macro-F1 zh | flips zh |", "|---|---|---|---|---|"]
    lines += [f"| {name} | {' | '.join(_cells(test, answers))} |" for name, answers in said.items()]
    head = (
        f"Best label whatever its confidence, on {len(test)} held-out examples (`make compare-readers`). The readers "
        f"that are trained here learn from all {len(train)} others; the one that ships from nine tenths of them "
        "(MODEL.md).\n\n"
    )
    TABLE.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    say(TABLE.read_text(encoding="utf-8"))


def _cells(test: Sequence[Prepared], said: Labels) -> list[str]:
    cells = []
    for language in ("en", "zh"):
        mine = np.array([item.example["language"] == language for item in test])
        score, reversed_signs, directed = measure(labels_of(test)[mine], said[mine])
        cells += [f"{score:.3f}", f"{reversed_signs} of {directed} ({reversed_signs / max(1, directed):.1%})"]
    return cells


def _text(item: Prepared) -> str:
    return " ".join(reading.sentence.folded for reading in item.sight.readings)


if __name__ == "__main__":
    main()

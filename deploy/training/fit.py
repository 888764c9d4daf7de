"""Fitting the network: AdamW (Loshchilov & Hutter 2019), warm-up and linear decay, smaller steps for lower layers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
import optax
from msgspec import Struct

from deploy.training.batches import batch_up, pad
from deploy.training.examples import Prepared
from deploy.training.network import Parameters, encode, read

DROPPED_STATES = 0.15
SMOOTHED = 0.05
"""Share of the tone target that is spread over all labels: an overconfident reader is a bad one."""
STAGE_SHARE, SCORE_SHARE, ROLE_SHARE, AUTHORITY_SHARE = 0.6, 0.5, 0.5, 0.4
REMEMBERED = 0.998
"""The parameters that are kept are a moving average over about 1 / (1 - this) steps (Polyak & Juditsky 1992)."""


class Plan(Struct, frozen=True, kw_only=True):
    """How to fit. ``frozen``: number of lowest layers that are not trained (12: only the heads)."""

    epochs: int = 4
    batch: int = 16
    frozen: int = 0
    step: float = 6e-5
    head_step: float = 1.5e-3
    lower: float = 0.9
    """Factor of the step from one layer to the one below (Howard & Ruder 2018)."""
    without_rules: float = 0.15
    """How often an example is shown without the rules' findings, so that the encoder learns to do without."""
    seed: int = 7


def fit(
    start: Parameters, prepared: Sequence[Prepared], rows: npt.NDArray[np.uint8], plan: Plan, say: Callable[[str], None]
) -> Parameters:
    """Parameters after ``plan.epochs`` over all examples. ``start``: ``embedding``, ``layers``, ``heads``."""
    random = np.random.default_rng(plan.seed)
    fixed = {"embedding": start["embedding"], "layers": start["layers"][: plan.frozen]}
    free = {"layers": start["layers"][plan.frozen :], "heads": start["heads"]}
    steps = plan.epochs * (len(prepared) // plan.batch + 6)
    optimiser = _optimiser(free, plan, steps)
    state = optimiser.init(free)
    update = jax.jit(partial(_update, optimiser, plan.without_rules))
    averaged, average = free, jax.jit(_average)
    key = jax.random.PRNGKey(plan.seed)
    for epoch in range(plan.epochs):
        began, losses = time.monotonic(), []
        for items in batch_up(prepared, plan.batch, random):
            key, now = jax.random.split(key)
            free, state, loss = update(free, state, fixed, pad(items, plan.batch, rows), now)
            averaged = average(averaged, free)
            losses.append(loss)
        say(f"epoch {epoch + 1}: loss {float(np.mean(losses)):.3f}, {time.monotonic() - began:.0f} s")
    layers = [*fixed["layers"], *averaged["layers"]]
    return {"embedding": start["embedding"], "layers": layers, "heads": averaged["heads"]}


def predict(
    parameters: Parameters, prepared: Sequence[Prepared], rows: npt.NDArray[np.uint8], size: int = 32
) -> list[dict[str, Any]]:
    """Answers (``read``) for every example, in order, as numpy."""
    run = jax.jit(lambda p, b: read(p["heads"], encode(p["embedding"], p["layers"], b["words"], b["mask"]), b))
    answers: dict[int, dict[str, Any]] = {}
    for items in batch_up(prepared, size, None):
        found = {name: np.asarray(value) for name, value in run(parameters, pad(items, size, rows)).items()}
        for row, item in enumerate(items):
            answers[id(item)] = {name: value[row] for name, value in found.items()}
    return [answers[id(item)] for item in prepared]


def _optimiser(free: Parameters, plan: Plan, steps: int) -> optax.GradientTransformation:
    depth = len(free["layers"])

    def rate(step: float) -> optax.Schedule:
        return optax.warmup_cosine_decay_schedule(0.0, step, max(1, steps // 12), steps, step * 0.05)

    parts = {
        f"layer{n}": optax.adamw(rate(plan.step * plan.lower ** (depth - 1 - n)), weight_decay=0.01)
        for n in range(depth)
    }
    parts["heads"] = optax.adamw(rate(plan.head_step), weight_decay=0.02)
    labels = {
        "layers": [dict.fromkeys(layer, f"layer{n}") for n, layer in enumerate(free["layers"])],
        "heads": dict.fromkeys(free["heads"], "heads"),
    }
    return optax.chain(optax.clip_by_global_norm(1.0), optax.multi_transform(parts, labels))


def _update(
    optimiser: optax.GradientTransformation,
    without_rules: float,
    free: Parameters,
    state: Any,
    fixed: Parameters,
    batch: Parameters,
    key: Any,
) -> tuple[Parameters, Any, jax.Array]:
    loss, slope = jax.value_and_grad(_loss)(free, fixed, batch, key, without_rules)
    changes, state = optimiser.update(slope, state, free)
    return optax.apply_updates(free, changes), state, loss


def _average(averaged: Parameters, free: Parameters) -> Parameters:
    return jax.tree.map(lambda old, new: REMEMBERED * old + (1 - REMEMBERED) * new, averaged, free)


def _loss(free: Parameters, fixed: Parameters, batch: Parameters, key: Any, without_rules: float) -> jax.Array:
    rules_key, states_key = jax.random.split(key)
    shown = jax.random.bernoulli(rules_key, 1 - without_rules, (len(batch["stage"]), 1)).astype(jnp.float32)
    batch = {
        **batch,
        "article_rules": batch["article_rules"] * shown,
        "sentence_rules": batch["sentence_rules"] * shown[:, :, None],
    }
    states = encode(fixed["embedding"], [*fixed["layers"], *free["layers"]], batch["words"], batch["mask"])
    kept = jax.random.bernoulli(states_key, 1 - DROPPED_STATES, states.shape)
    answers = read(free["heads"], states * kept / (1 - DROPPED_STATES), batch)
    target = batch["tone"] * (1 - SMOOTHED) + SMOOTHED / batch["tone"].shape[1] * batch["tone"].sum(-1, keepdims=True)
    tone = -(target * jax.nn.log_softmax(answers["tone"])).sum()
    staged = batch["stage"] >= 0
    stage = jnp.take_along_axis(jax.nn.log_softmax(answers["stage"]), jnp.maximum(batch["stage"], 0)[:, None], 1)[:, 0]
    scored = ~jnp.isnan(batch["score"])
    misses = jnp.where(scored, answers["score"] - jnp.nan_to_num(batch["score"]), 0.0) ** 2
    judged = ~jnp.isnan(batch["role"])
    role = optax.sigmoid_binary_cross_entropy(answers["mention"], jnp.nan_to_num(batch["role"]))
    acting = optax.sigmoid_binary_cross_entropy(answers["authority"], batch["acting"]).sum(-1)
    size = len(batch["stage"])
    return (
        tone / size
        - STAGE_SHARE * jnp.where(staged, stage, 0.0).sum() / size
        + SCORE_SHARE * misses.sum() * 4 / size
        + AUTHORITY_SHARE * jnp.where(batch["relevant"], acting, 0.0).sum() / size
        + ROLE_SHARE * jnp.where(judged, role, 0.0).sum() / (1 + judged.sum())
    )

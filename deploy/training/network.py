"""The network that is trained: a BERT encoder (Devlin et al. 2019) and small dense layers on top, in JAX.

Shapes: B articles, T pieces, S sentences, M mentions, W = 384. Article logits are the attention-weighted mean of the
sentences' logits (Ilse et al. 2018, attention-based multiple-instance learning) plus a linear term of the rules'
article features, so that every sentence carries its own reading.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from deploy.training.pretrained import Pretrained
from services.signals.model.rule_features import ARTICLE_WIDTH, SENTENCE_WIDTH, STAGES, TONES
from services.signals.model.tone_input import MENTION_WIDTH

Parameters = dict[str, Any]
Batch = dict[str, Any]
MATRICES = ("q", "k", "v", "ao", "fi", "fo")
NORMS = ("aln", "oln")
FAR = -1e9


def read_layers(pretrained: Pretrained) -> list[Parameters]:
    """The encoder's layers, matrices as [input, output]."""
    layers = []
    for number in range(pretrained.sizes["layers"]):
        layer = {}
        for name in MATRICES:
            layer[name] = jnp.array(pretrained.tensors[f"l{number}.{name}.w"].T)
            layer[name + "_b"] = jnp.array(pretrained.tensors[f"l{number}.{name}.b"])
        for name in NORMS:
            layer[name] = jnp.array(pretrained.tensors[f"l{number}.{name}.w"])
            layer[name + "_b"] = jnp.array(pretrained.tensors[f"l{number}.{name}.b"])
        layers.append(layer)
    return layers


def read_embedding(pretrained: Pretrained) -> Parameters:
    """Positions (with the type vector added) and the first normalisation."""
    width = pretrained.sizes["width"]
    positions = pretrained.tensors["emb.pos"].reshape(-1, width) + pretrained.tensors["emb.type"][:width]
    return {
        "positions": jnp.array(positions),
        "norm": jnp.array(pretrained.tensors["emb.ln.w"]),
        "norm_b": jnp.array(pretrained.tensors["emb.ln.b"]),
    }


def new_heads(seed: int, authorities: int, width: int = 384) -> Parameters:
    """Dense layers on top, small random weights."""
    keys = iter(jax.random.split(jax.random.PRNGKey(seed), 16))

    def dense(rows: int, columns: int) -> jax.Array:
        return jax.random.normal(next(keys), (rows, columns)) * (0.5 / np.sqrt(rows))

    return {
        "tone_hidden": dense(width, len(TONES)),
        "tone_rules": dense(SENTENCE_WIDTH, len(TONES)),
        "tone_article": dense(ARTICLE_WIDTH, len(TONES)),
        "tone_b": jnp.zeros(len(TONES)),
        "look_hidden": dense(width, 1),
        "look_rules": dense(SENTENCE_WIDTH, 1),
        "stage_hidden": dense(width, len(STAGES)),
        "stage_article": dense(ARTICLE_WIDTH, len(STAGES)),
        "stage_b": jnp.zeros(len(STAGES)),
        "score_hidden": dense(width, 1),
        "score_article": dense(ARTICLE_WIDTH, 1),
        "mention_hidden": dense(width, 2),
        "mention_rules": dense(MENTION_WIDTH, 2),
        "mention_b": jnp.zeros(2),
        "authority_hidden": dense(width, authorities),
        "authority_named": 5.0 * jnp.ones(authorities),
        "authority_b": -4.0 * jnp.ones(authorities),
    }


def normalise_layer(x: jax.Array, scale: jax.Array, shift: jax.Array) -> jax.Array:
    """Layer normalisation (Ba et al. 2016)."""
    centred = x - x.mean(-1, keepdims=True)
    return centred * jax.lax.rsqrt((centred**2).mean(-1, keepdims=True) + 1e-12) * scale + shift


def run_layer(layer: Parameters, x: jax.Array, mask: jax.Array, heads: int) -> jax.Array:
    """One transformer layer; ``mask`` bool[B, T] is true for pieces."""
    batch, length, width = x.shape

    def split(name: str) -> jax.Array:
        y = x @ layer[name] + layer[name + "_b"]
        return y.reshape(batch, length, heads, width // heads).transpose(0, 2, 1, 3)

    scores = split("q") @ split("k").transpose(0, 1, 3, 2) / np.sqrt(width // heads)
    looked = jax.nn.softmax(scores + jnp.where(mask, 0, FAR)[:, None, None, :], -1) @ split("v")
    looked = looked.transpose(0, 2, 1, 3).reshape(batch, length, width)
    x = normalise_layer(x + looked @ layer["ao"] + layer["ao_b"], layer["aln"], layer["aln_b"])
    inner = jax.nn.gelu(x @ layer["fi"] + layer["fi_b"], approximate=False)
    return normalise_layer(x + inner @ layer["fo"] + layer["fo_b"], layer["oln"], layer["oln_b"])


def encode(embedding: Parameters, layers: list[Parameters], words: jax.Array, mask: jax.Array) -> jax.Array:
    """Piece states float[B, T, W] from word vectors float[B, T, W]."""
    x = words + embedding["positions"][None, : words.shape[1]]
    x = normalise_layer(x, embedding["norm"], embedding["norm_b"])
    for layer in layers:
        x = run_layer(layer, x, mask, heads=12)
    return x


def read(heads: Parameters, states: jax.Array, batch: Batch) -> dict[str, jax.Array]:
    """All answers from the piece states.

    ``batch`` holds ``sentence_pool`` [B, S, T] and ``mention_pool`` [B, M, T] (rows sum to 1, or to 0 where padded),
    ``sentence_rules`` [B, S, .], ``article_rules`` [B, .], ``mention_rules`` [B, M, .], ``named`` [B, A].
    """
    sentences = batch["sentence_pool"] @ states
    known = batch["sentence_pool"].sum(-1) > 0
    look = (sentences @ heads["look_hidden"] + batch["sentence_rules"] @ heads["look_rules"])[..., 0]
    look = jax.nn.softmax(jnp.where(known, look, FAR), -1)
    each = sentences @ heads["tone_hidden"] + batch["sentence_rules"] @ heads["tone_rules"]
    pooled = jnp.einsum("bs,bsw->bw", look, sentences)
    article = batch["article_rules"]
    mentions = batch["mention_pool"] @ states
    return {
        "tone": jnp.einsum("bs,bsc->bc", look, each) + article @ heads["tone_article"] + heads["tone_b"],
        "stage": pooled @ heads["stage_hidden"] + article @ heads["stage_article"] + heads["stage_b"],
        "score": jnp.tanh(pooled @ heads["score_hidden"] + article @ heads["score_article"])[:, 0],
        "authority": pooled @ heads["authority_hidden"]
        + batch["named"] * heads["authority_named"]
        + heads["authority_b"],
        "mention": mentions @ heads["mention_hidden"]
        + batch["mention_rules"] @ heads["mention_rules"]
        + heads["mention_b"],
    }

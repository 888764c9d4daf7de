"""The trained encoder as an ONNX graph, its matrices in eight bits: a file that any machine runs without JAX.

write_graph(parameters) -> bytes
read_graph(data) -> Parameters      back again, what eight bits have left of it: the start of a further training
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from deploy.training.network import MATRICES, Parameters

HEADS = 12
OPSET = 20
EPSILON = 1e-12


class _Graph:
    """Nodes and constants by and by."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: Any, kind: Any = np.float32) -> str:
        self.constants.append(numpy_helper.from_array(np.asarray(value, kind), name))
        return name

    def add(self, operation: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operation, inputs, [output], name=output, **attributes))
        return output

    def dense(self, name: str, layer: Parameters, given: str, prefix: str) -> str:
        weight = self.constant(f"{prefix}.{name}.w", layer[name])
        bias = self.constant(f"{prefix}.{name}.b", layer[name + "_b"])
        return self.add("Add", [self.add("MatMul", [given, weight], f"{prefix}.{name}.x"), bias], f"{prefix}.{name}")

    def norm(self, given: str, scale: Any, shift: Any, output: str) -> str:
        names = [self.constant(f"{output}.s", scale), self.constant(f"{output}.b", shift)]
        return self.add("LayerNormalization", [given, *names], output, axis=-1, epsilon=EPSILON)


def write_graph(parameters: Parameters, *, eight_bits: bool = True) -> bytes:
    """Input ``words`` float[1, T, 384], output ``states`` float[1, T, 384]."""
    graph = _Graph()
    positions = graph.constant("positions", parameters["embedding"]["positions"])
    length = graph.add("Shape", ["words"], "length", start=1, end=2)
    zero, one = graph.constant("zero", [0], np.int64), graph.constant("one", [1], np.int64)
    near = graph.add("Slice", [positions, zero, length, zero, one], "near")
    state = graph.norm(
        graph.add("Add", ["words", near], "placed"),
        parameters["embedding"]["norm"],
        parameters["embedding"]["norm_b"],
        "start",
    )
    graph.constant("scale", 1 / np.sqrt(384 // HEADS))
    graph.constant("split", [0, 0, HEADS, 384 // HEADS], np.int64)
    graph.constant("join", [0, 0, 384], np.int64)
    for number, layer in enumerate(parameters["layers"]):
        last = number + 1 == len(parameters["layers"])
        state = _add_layer(graph, layer, state, f"l{number}", "states" if last else f"l{number}.out")
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "tone",
            [helper.make_tensor_value_info("words", TensorProto.FLOAT, [1, "pieces", 384])],
            [helper.make_tensor_value_info("states", TensorProto.FLOAT, [1, "pieces", 384])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=10,
    )
    onnx.checker.check_model(model)
    return _in_eight_bits(model) if eight_bits else bytes(model.SerializeToString())


def _add_layer(graph: _Graph, layer: Parameters, state: str, prefix: str, output: str) -> str:
    def heads(name: str, order: list[int]) -> str:
        dense = graph.dense(name, layer, state, prefix)
        apart = graph.add("Reshape", [dense, "split"], f"{prefix}.{name}.apart")
        return graph.add("Transpose", [apart], f"{prefix}.{name}.heads", perm=order)

    looks = graph.add("MatMul", [heads("q", [0, 2, 1, 3]), heads("k", [0, 2, 3, 1])], f"{prefix}.looks")
    chances = graph.add(
        "Softmax", [graph.add("Mul", [looks, "scale"], f"{prefix}.scaled")], f"{prefix}.chances", axis=-1
    )
    seen = graph.add("MatMul", [chances, heads("v", [0, 2, 1, 3])], f"{prefix}.seen")
    joined = graph.add(
        "Reshape", [graph.add("Transpose", [seen], f"{prefix}.back", perm=[0, 2, 1, 3]), "join"], f"{prefix}.joined"
    )
    looked = graph.add("Add", [state, graph.dense("ao", layer, joined, prefix)], f"{prefix}.looked")
    middle = graph.norm(looked, layer["aln"], layer["aln_b"], f"{prefix}.middle")
    inner = graph.add("Gelu", [graph.dense("fi", layer, middle, prefix)], f"{prefix}.inner")
    both = graph.add("Add", [middle, graph.dense("fo", layer, inner, prefix)], f"{prefix}.both")
    return graph.norm(both, layer["oln"], layer["oln_b"], output)


def read_graph(data: bytes) -> Parameters:
    """``embedding`` and ``layers`` of a graph that ``write_graph`` wrote in eight bits."""
    stored = {part.name: numpy_helper.to_array(part) for part in onnx.load_from_string(data).graph.initializer}
    layers, number = [], 0
    while f"l{number}.q.b" in stored:
        last = f"l{number + 1}.q.b" not in stored
        layers.append(_read_layer(stored, f"l{number}", "states" if last else f"l{number}.out"))
        number += 1
    embedding = {"positions": stored["positions"], "norm": stored["start.s"], "norm_b": stored["start.b"]}
    return {"embedding": embedding, "layers": layers}


def _read_layer(stored: dict[str, Any], prefix: str, output: str) -> Parameters:
    layer = {}
    for name in MATRICES:
        part = f"{prefix}.{name}.w"
        whole = stored[f"{part}_quantized"].astype(np.float32) - stored[f"{part}_zero_point"]
        layer[name] = (whole * stored[f"{part}_scale"]).astype(np.float32)
        layer[f"{name}_b"] = stored[f"{prefix}.{name}.b"]
    for name, place in (("aln", f"{prefix}.middle"), ("oln", output)):
        layer[name], layer[f"{name}_b"] = stored[f"{place}.s"], stored[f"{place}.b"]
    return layer


def _in_eight_bits(model: Any) -> bytes:
    with TemporaryDirectory() as folder:
        whole, small = Path(folder, "whole.onnx"), Path(folder, "small.onnx")
        onnx.save(model, whole)
        quantize_dynamic(whole, small, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul"])
        return small.read_bytes()

"""The recognition model without the characters that no field holds."""

from __future__ import annotations

from functools import cache

import numpy as np
import onnxruntime
import pytest

from ocr.engines import paddle
from ocr.engines.last_layer import alphabet_of, cut
from ocr.errors import EngineProblem


@cache
def whole() -> bytes:
    return paddle._model(paddle.READER).read_bytes()


def odds_of(model: bytes, plane: np.ndarray) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: plane})[0]


def test_the_kept_characters_keep_their_odds_among_each_other() -> None:
    kept = [0, *range(40, 200, 3), 18_000]
    plane = np.random.default_rng(7).normal(size=(1, 3, 48, 160)).astype(np.float32)
    full = odds_of(whole(), plane)[..., kept]
    assert np.allclose(odds_of(cut(whole(), kept), plane), full / full.sum(axis=-1, keepdims=True), atol=1e-4)


def test_the_cut_model_has_lost_half_of_its_weights() -> None:
    assert len(cut(whole(), range(200))) < 0.6 * len(whole())


def test_all_that_a_kind_or_a_text_may_hold_is_looked_for() -> None:
    known = set(alphabet_of(whole()))
    assert (set(paddle.SEEN) & known) == set(paddle._reader().alphabet) - {""}
    assert set(paddle.LATIN) <= known


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(lambda: whole().replace(b"Softmax", b"Sigmoid"), id="no softmax at its end"),
        pytest.param(lambda: whole()[:-4000], id="cut off"),
        pytest.param(lambda: b"", id="empty"),
        pytest.param(lambda: b"\xff" * 40, id="no model"),
    ],
)
def test_a_model_of_another_kind_is_a_problem_that_says_what_to_do(model) -> None:
    with pytest.raises(EngineProblem) as caught:
        cut(model(), [0, 1])
    assert caught.value.code == "E003"

"""The recognition model without the characters that no field holds."""

from __future__ import annotations

from functools import cache

import numpy as np
import onnxruntime
import pytest

from ocr.engines import paddle
from ocr.engines.last_layer import cut
from ocr.errors import EngineProblem
from ocr.kinds import kind, kind_names


@cache
def whole() -> bytes:
    return paddle._model(paddle.READER).read_bytes()


def odds_of(model: bytes, plane: np.ndarray) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: plane})[0]


def test_the_kept_characters_keep_their_odds_among_each_other() -> None:
    plane = np.random.default_rng(7).normal(size=(1, 3, 48, 160)).astype(np.float32)
    _, everything = cut(whole(), Everything())
    model, alphabet = cut(whole(), set("aÄß7 .中"))
    full = odds_of(whole(), plane)
    assert full.shape[-1] == len(everything)
    full = full[..., [everything.index(character) for character in alphabet]]
    assert sorted(alphabet) == sorted(["", *"aÄß7 .中"])
    assert np.allclose(odds_of(model, plane), full / full.sum(axis=-1, keepdims=True), atol=1e-4)


class Everything:
    def __contains__(self, character: str) -> bool:
        return True


def test_the_cut_model_has_lost_half_of_its_weights() -> None:
    assert len(cut(whole(), paddle.SEEN)[0]) < 0.6 * len(whole())


def test_the_reader_looks_for_every_character_that_a_kind_or_a_text_may_hold() -> None:
    known, seen = set(cut(whole(), Everything())[1]), set(paddle._reader().alphabet)
    assert seen == {"", *paddle.SEEN}
    for name in kind_names():
        assert set(kind(name).chars) & known <= seen, name


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(lambda: whole().replace(b"Softmax", b"Sigmoid"), id="no softmax at its end"),
        pytest.param(lambda: whole()[:-4000], id="cut off"),
        pytest.param(lambda: whole().replace(b"\tcharacter", b"\tchoraxter"), id="no alphabet"),
        pytest.param(lambda: whole().replace("\n中\n".encode(), b"\n" * 5), id="another alphabet"),
        pytest.param(lambda: b"", id="empty"),
        pytest.param(lambda: b"\xff" * 40, id="no model"),
    ],
)
def test_a_model_of_another_kind_is_a_problem_that_says_what_to_do(model) -> None:
    with pytest.raises(EngineProblem) as caught:
        cut(model(), "a")
    assert caught.value.code == "E003"

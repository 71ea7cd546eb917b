import math

import pytest

from field_notes import bigram


def test_pairs_are_counted_from_left_to_right():
    counts = bigram.count_pairs([[0, 1, 0, 1]], size=2)
    assert counts == [[0, 2], [1, 0]]


def test_each_row_sums_to_one():
    table = bigram.log_probabilities([[3, 1], [0, 0]])
    for row in table:
        assert sum(math.exp(value) for value in row) == pytest.approx(1)


def test_a_certain_model_has_perplexity_one():
    table = [[-math.inf, 0.0], [0.0, -math.inf]]
    assert bigram.perplexity(table, [[0, 1, 0]]) == 1


def test_a_model_that_knows_nothing_hesitates_between_all_words():
    table = bigram.log_probabilities([[0] * 8 for _ in range(8)])
    assert bigram.perplexity(table, [[0, 1, 2]]) == pytest.approx(8)

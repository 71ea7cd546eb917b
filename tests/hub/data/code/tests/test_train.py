from field_notes import corpus
from field_notes.train import VOCABULARY_SIZE, train


def test_the_model_is_far_better_than_guessing():
    training, test = corpus.split(corpus.make_corpus(300))
    result = train(training, test)
    assert result.perplexity < VOCABULARY_SIZE / 10
    assert result.accuracy > 0.3

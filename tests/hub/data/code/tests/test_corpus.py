from field_notes import corpus


def test_the_same_seed_gives_the_same_notes():
    assert corpus.make_corpus(20, seed=1) == corpus.make_corpus(20, seed=1)


def test_another_seed_gives_other_notes():
    assert corpus.make_corpus(20, seed=1) != corpus.make_corpus(20, seed=2)


def test_a_fifth_is_kept_for_testing():
    training, test = corpus.split(corpus.make_corpus(100))
    assert (len(training), len(test)) == (80, 20)


def test_notes_survive_writing_and_reading():
    notes = corpus.make_corpus(5)
    assert list(corpus.read_jsonl(corpus.write_jsonl(notes).splitlines())) == notes

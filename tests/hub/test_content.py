"""What the makers make is what it says it is."""

from __future__ import annotations

import json
import math
import pickletools
import zipfile
from collections import Counter
from dataclasses import fields
from io import BytesIO
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from tests.hub.content import Demo, make_demo
from tests.hub.content.models import make_pickle_model


def test_the_same_artifacts_come_out_on_every_machine(demo_content: Demo, tmp_path: Path):
    again = make_demo(tmp_path)
    for field in fields(Demo):
        first, second = getattr(demo_content, field.name), getattr(again, field.name)
        assert first.revision == second.revision, field.name


def test_what_is_there_already_is_kept(demo_content: Demo, tmp_path: Path):
    made = make_demo(tmp_path).model
    (made.folder / "mine.txt").write_text("kept")
    make_demo(tmp_path)
    assert (made.folder / "mine.txt").exists()


class TestTinyModel:
    def test_its_shards_hold_what_its_index_says(self, demo_content: Demo):
        folder = demo_content.model.folder
        index = json.loads((folder / "model.safetensors.index.json").read_text())
        for name, file in index["weight_map"].items():
            assert name in load_file(folder / file)
        sizes = [t.nbytes for f in folder.glob("*.safetensors") for t in load_file(f).values()]
        assert sum(sizes) == index["metadata"]["total_size"]

    def test_its_head_holds_probabilities(self, demo_content: Demo):
        weights = load_file(demo_content.model.folder / "model-00002-of-00002.safetensors")
        head = weights["lm_head.weight"].astype("float64")
        for column in head.T * math.sqrt(len(head)):
            assert sum(math.exp(value) for value in column) == pytest.approx(1, abs=0.01)

    def test_its_card_and_its_code_name_each_other(self, demo_content: Demo):
        card = demo_content.model.files()["README.md"].decode()
        readme = demo_content.code.files()["README.md"].decode()
        assert demo_content.code.url in card
        assert demo_content.dataset.url in card
        assert demo_content.model.url in readme

    def test_the_demonstration_on_its_card_parses_and_loads_it(self, demo_content: Demo):
        card = demo_content.model.files()["README.md"].decode()
        code = card.split("```python\n")[1].split("```")[0]
        compile(code, "README.md", "exec")
        assert f'from_pretrained("{demo_content.model.id}")' in code


class TestCodeRepository:
    def test_its_history_has_many_authors_aliases_and_a_bot(self, demo_content: Demo):
        commits = demo_content.code.repository.commits("main")
        authors = Counter(commit.author for commit in commits)
        assert len(commits) == 43
        assert {"Adaeze Okafor", "adaeze-o", "Yui Tanaka", "yui", "dependabot[bot]"} <= set(authors)

    def test_its_python_parses_at_every_commit(self, demo_content: Demo):
        for commit in demo_content.code.repository.commits("main"):
            for path, data in demo_content.code.files(commit.id).items():
                if path.endswith(".py"):
                    compile(data, path, "exec")

    def test_it_ends_as_the_code_that_made_the_model(self, demo_content: Demo):
        files = demo_content.code.files()
        source = Path(__file__).parent / "data" / "code"
        for path in ("src/field_notes/bigram.py", "src/field_notes/weights.py", "README.md"):
            assert files[path] == (source / path).read_bytes()


class TestDerivedModels:
    def test_the_adapter_names_its_base(self, demo_content: Demo):
        config = json.loads(demo_content.adapter.files()["adapter_config.json"])
        assert config["base_model_name_or_path"] == demo_content.model.id

    def test_the_gguf_file_is_read_by_its_own_library(self, demo_content: Demo):
        from gguf import GGUFReader

        file = demo_content.gguf.folder / "field-notes-tiny-f16.gguf"
        reader = GGUFReader(file)
        assert reader.fields["general.license"].contents() == "apache-2.0"
        assert reader.fields["general.base_model.0.repo_url"].contents() == demo_content.model.url
        assert sum(int(tensor.n_elements) for tensor in reader.tensors) == 74016


class TestHostilePickle:
    def test_it_would_call_the_system(self, tmp_path: Path):
        canary = tmp_path / "canary"
        made = make_pickle_model(tmp_path, canary=str(canary))
        with zipfile.ZipFile(BytesIO(made.files()["pytorch_model.bin"])) as archive:
            pickled = archive.read("archive/data.pkl")
        opcodes = [(code.name, value) for code, value, _ in pickletools.genops(pickled)]
        assert ("GLOBAL", "posix system") in opcodes
        assert ("BINUNICODE", f"touch {canary}") in opcodes
        assert not canary.exists()

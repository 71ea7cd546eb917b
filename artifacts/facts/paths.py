"""What a path says about a file, before anybody opens it.

The rules follow what GitHub's Linguist counts as somebody's own code, because the
published truck factors were measured on such files: programming and markup languages
count; prose, data, documentation, vendored and generated files do not. Where Linguist
changed its mind over the years, ``examples/`` and ``tools/`` are own code here: in
machine learning repositories they hold the training scripts.
"""

from __future__ import annotations

import re
from functools import lru_cache

from artifacts.facts.languages import extension, language

SOURCE = "source"
TEST = "test"
NOTEBOOK = "notebook"
DOCS = "docs"
CONFIG = "config"
DATA = "data"
WEIGHTS = "weights"
MEDIA = "media"
VENDORED = "vendored"
GENERATED = "generated"
OTHER = "other"

# What people write by hand and what authorship is measured on.
AUTHORED = frozenset({SOURCE, TEST, NOTEBOOK})

_BY_EXTENSION = {
    ending: kind
    for kind, endings in {
        NOTEBOOK: "ipynb",
        DOCS: "md markdown mdx mkd rst txt adoc asciidoc textile rdoc org pdf tex1 man wiki"
        " creole mediawiki rtf doc docx ppt pptx odt bib cff",
        CONFIG: "yml yaml json json5 jsonc toml ini cfg conf properties env editorconfig plist"
        " gitignore gitattributes gitmodules dockerignore hgignore npmignore csproj vcxproj"
        " vcproj sln pbxproj xcscheme filters props targets lock in pri pro xcconfig gni gn",
        DATA: "csv tsv jsonl ndjson parquet arrow feather xml xlsx xls sql db sqlite sqlite3 npy"
        " mat hdf5 tfrecord tfrecords lmdb mdb dat log po pot proto fbs graphql gql diff patch"
        " zip tar gz bz2 xz zst 7z rar tgz vocab model1 spm bpe model tiktoken svg rds rdata dta"
        " geojson kml gpx sav srt vtt conll conllu",
        WEIGHTS: "safetensors bin pt pth ckpt gguf ggml ggjt onnx h5 keras msgpack pb tflite"
        " mlmodel mlpackage pkl pickle joblib npz pdparams pdmodel caffemodel params nemo"
        " engine plan trt llamafile weights ot orbax torchscript ptl pte dduf skops cbm ubj"
        " index",
        MEDIA: "png jpg jpeg gif webp bmp ico tif tiff psd ai eps mp3 wav flac ogg m4a mp4 avi mov"
        " mkv webm ttf otf woff woff2 eot xcf sketch icns",
    }.items()
    for ending in endings.split()
}

# Kept in groups that mirror the comments of Linguist's own lists, as patterns of ours.
_VENDORED = re.compile(
    r"""(?:^|/)(?:
        node_modules|bower_components|jspm_packages|vendors?|third[-_]?party|3rd[-_]?party
        |extern|externals?|deps|dependencies|godeps|pods|carthage|dist|cache|venv|\.venv
        |site-packages|admin_media|gradle/wrapper|mathjax|ace-builds|extjs|sparkle
        |bootstrap-datepicker|tiny_mce|tinymce|ckeditor|codemirror/(?:lib|mode|theme|addon|keymap)
      )/
      |^(?:debian/|env/|puphpet/|\.osx$|waf$|rebar$|fabfile\.py$|vagrantfile$|jenkinsfile$)
      |^(?:tests?|specs?)/fixtures/
      |(?:^|/)docs?/_?(?:build|themes?|templates?|static)/
      |(?:^|/)(?:configure|config\.guess|config\.sub|aclocal\.m4|libtool\.m4|lt\w*\.m4
         |gradlew(?:\.bat)?|activator(?:\.bat)?|cpplint\.py|erlang\.mk|versioneer\.py|ez_setup\.py
         |get-pip\.py|install-sh|depcomp|missing|ltmain\.sh)$
      |(?:^|/)(?:jquery|bootstrap|modernizr|angular|mootools|prototype|cordova|d3|yui|dojo|yahoo-
         |knockout-|html5shiv|raphael|underscore|backbone|require|ember|foundation|normalize
         |font-awesome|animate)(?:[-.]\d[\w.-]*|[-.](?:min|debug|slim|custom|all|core|full))*
         \.(?:js|css|less|scss|styl)$
      |(?:^|/)(?:jquery|bootstrap|angular|yui|tiny_mce)[^./]*\.(?:js|css|less|scss|styl)$
      |(?:^|/)jquery[.-](?:ui|effects|validate|fancybox|fileupload|unobtrusive)[^/]*\.(?:js|css)$
      |-vsdoc\.js$|\.intellisense\.js$|\.d\.ts$
    """,
    re.VERBOSE,
)
_GENERATED = re.compile(
    r"""(?:[.-]min\.(?:js|css)|\.(?:js|css)\.map|_pb2(?:_grpc)?\.pyi?|\.pb\.(?:go|cc|h|swift|rb)
        |\.pb-c\.[ch]|_grpc\.pb\.go|\.designer\.(?:cs|vb)|\.feature\.cs|\.g\.dart|\.freezed\.dart
        |_generated\.\w+|\.generated\.\w+|\.snap|\.xcworkspacedata|\.xcuserstate|\.nib|\.xib
        |\.storyboard)$
      |(?:^|/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|poetry\.lock
         |pipfile\.lock|pdm\.lock|uv\.lock|cargo\.lock|composer\.lock|gemfile\.lock|gopkg\.lock
         |glide\.lock|go\.sum|flake\.lock|\.terraform\.lock\.hcl|mix\.lock|podfile\.lock)$
      |(?:^|/)(?:\.idea|__pycache__|\.ipynb_checkpoints|__snapshots__|generated|\.next|\.nuxt)/
    """,
    re.VERBOSE,
)
_DOCS_FOLDER = re.compile(
    r"^docs?/|(?:^|/)(?:documentation|groovydoc|javadoc|man|inst/doc)/|(?:^|/)readme\.\w+$"
)
_DOCS_NAME = re.compile(
    r"""(?:^|/)(?:contributing|copying|install|licen[cs]e|readme|changes|changelog|history|news
         |authors|citation|notice|code_of_conduct|security|maintainers|todo|thanks|credits)
         (?:[._-][^/]*)?$
    """,
    re.VERBOSE,
)
_TEST = re.compile(
    r"""(?:^|/)(?:tests?|testing|specs?|__tests__|unit_?tests?|integration_?tests?|testsuite|e2e)/
      |(?:^|/)(?:test_[^/]*|conftest)\.py$
      |(?:_|-|\.)(?:tests?|spec|specs|unittest)\.\w+$
      |[a-z0-9](?:Tests?|Spec|TestCase)\.\w+$
      |(?:^|/)Test[A-Z][^/]*\.(?:java|kt|scala|cs|php)$
      |(?:^|/)t/[^/]*\.t$
    """,
    re.VERBOSE,
)
_CONFIG_NAME = re.compile(
    r"""(?:^|/)(?:requirements[\w.-]*\.txt|constraints[\w.-]*\.txt|pipfile|manifest\.in|procfile
      |\.[\w-]+rc|\.[\w.-]*ignore|\.pre-commit-config\.yaml|\.?codecov\.yml|environment\.ya?ml
      |runtime\.txt|codeowners)$""",
    re.VERBOSE,
)
# The first that matches names the kind.
_BY_PATTERN = (
    (VENDORED, _VENDORED),
    (GENERATED, _GENERATED),
    (CONFIG, _CONFIG_NAME),
    (DOCS, _DOCS_FOLDER),
)
_GENERATED_HEAD = re.compile(
    r"Code generated .{0,80}DO NOT EDIT|Generated by the protocol buffer compiler"
    r"|Autogenerated by Thrift|Generated by Cython|@generated|GENERATED CODE -- DO NOT"
    r"|automatically generated by|This file (?:was|is) auto-?generated|machine generated",
    re.IGNORECASE,
)


@lru_cache(maxsize=65_536)
def kind(path: str) -> str:
    """What sort of file ``path`` names; one of the words at the top of this module."""
    lower = path.lower()
    by_extension = _BY_EXTENSION.get(extension(lower), OTHER)
    if by_extension in {WEIGHTS, MEDIA}:
        return by_extension
    for name, pattern in _BY_PATTERN:
        if pattern.search(lower):
            return name
    if language(path) and by_extension != NOTEBOOK:
        return TEST if _TEST.search(path) or _TEST.search(lower) else SOURCE
    return DOCS if _DOCS_NAME.search(lower) else by_extension


def is_authored(path: str) -> bool:
    """Whether ``path`` is somebody's own code: source, tests and notebooks."""
    return kind(path) in AUTHORED


def looks_generated(head: str) -> bool:
    """Whether the first lines of a file say that a program wrote it."""
    return _GENERATED_HEAD.search(head[:2_000]) is not None

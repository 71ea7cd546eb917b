"""Which programming or markup language a path names, by the lists of GitHub's Linguist."""

from __future__ import annotations

from functools import lru_cache

_LANGUAGES = {
    "Ada": "adb ads",
    "Assembly": "asm s nasm",
    "Awk": "awk",
    "Batchfile": "bat cmd",
    "C": "c h",
    "C#": "cs csx cake",
    "C++": "cc cpp cxx c++ hh hpp hxx h++ ipp tpp inl tcc",
    "CMake": "cmake",
    "COBOL": "cob cbl",
    "CSS": "css",
    "Clojure": "clj cljs cljc cljx",
    "CoffeeScript": "coffee cjsx iced",
    "Common Lisp": "lisp lsp cl asd",
    "Coq": "coq",
    "Crystal": "cr",
    "Cuda": "cu cuh",
    "Cython": "pyx pxd pxi",
    "D": "d di",
    "Dart": "dart",
    "Elixir": "ex exs",
    "Elm": "elm",
    "Emacs Lisp": "el",
    "Erlang": "erl hrl escript",
    "F#": "fs fsi fsx",
    "Fortran": "f f77 f90 f95 f03 f08 for fpp",
    "GLSL": "glsl frag vert geom comp vsh fsh",
    "Gherkin": "feature",
    "Go": "go",
    "Gradle": "gradle",
    "Groovy": "groovy gvy gsp",
    "HLSL": "hlsl fx",
    "HTML": "html htm xhtml shtml ejs erb rhtml phtml jinja jinja2 j2 mustache handlebars hbs twig"
    " tpl haml slim jade pug vm ftl jsp liquid",
    "Haskell": "hs hsc lhs",
    "Haxe": "hx hxml",
    "Java": "java",
    "JavaScript": "js jsx mjs cjs es es6 jsm",
    "Julia": "jl",
    "Kotlin": "kt kts",
    "Less": "less",
    "Lua": "lua",
    "MATLAB": "matlab",
    "Makefile": "mk mak",
    "Metal": "metal",
    "Mojo": "mojo",
    "Nim": "nim",
    "Nix": "nix",
    "OCaml": "ml mli mll mly eliom",
    "Objective-C": "m",
    "Objective-C++": "mm",
    "OpenCL": "opencl ocl",
    "PHP": "php php3 php4 php5 php7 phps inc ctp",
    "Pascal": "pas dpr lpr pp",
    "Perl": "pl pm pod t psgi",
    "PowerShell": "ps1 psm1 psd1",
    "Prolog": "prolog",
    "Python": "py pyi pyw py3 wsgi gyp bzl",
    "QML": "qml",
    "R": "r rsx",
    "Racket": "rkt",
    "Ruby": "rb rake gemspec ru rbw builder jbuilder thor podspec",
    "Rust": "rs",
    "SCSS": "scss",
    "Sass": "sass",
    "Scala": "scala sbt sc",
    "Scheme": "scm ss",
    "Shell": "sh bash zsh fish ksh bats",
    "Smali": "smali",
    "Solidity": "sol",
    "Stylus": "styl",
    "Svelte": "svelte",
    "Swift": "swift",
    "Tcl": "tcl",
    "TeX": "tex sty cls ltx",
    "Thrift": "thrift",
    "TypeScript": "ts tsx mts cts",
    "VHDL": "vhd vhdl",
    "Vala": "vala vapi",
    "Verilog": "v sv svh vh",
    "Vim script": "vim vmb",
    "Visual Basic": "vb vbs bas frm",
    "Vue": "vue",
    "XSLT": "xsl xslt",
    "Yacc": "y yacc",
    "Zig": "zig",
}
_LANGUAGE_OF = {ending: name for name, endings in _LANGUAGES.items() for ending in endings.split()}
_LANGUAGE_OF_NAME = {
    "cmakelists.txt": "CMake",
    "dockerfile": "Dockerfile",
    "gemfile": "Ruby",
    "gnumakefile": "Makefile",
    "jakefile": "JavaScript",
    "makefile": "Makefile",
    "makefile.am": "Makefile",
    "makefile.in": "Makefile",
    "podfile": "Ruby",
    "rakefile": "Ruby",
    "sconstruct": "Python",
    "sconscript": "Python",
    "wscript": "Python",
    "snakefile": "Python",
    "build.bazel": "Python",
    "cakefile": "CoffeeScript",
    "guardfile": "Ruby",
}


@lru_cache(maxsize=65_536)
def language(path: str) -> str:
    """The programming or markup language of ``path``, or '' for prose, data and the rest."""
    name = path.rpartition("/")[2].lower()
    if name in _LANGUAGE_OF_NAME:
        return _LANGUAGE_OF_NAME[name]
    if name.startswith("dockerfile.") or name.endswith(".dockerfile"):
        return "Dockerfile"
    ending = extension(name)
    if ending == "ipynb":
        return "Jupyter Notebook"
    return _LANGUAGE_OF.get(ending, "")


def extension(lower: str) -> str:
    """What follows the last dot of a name in small letters; '' for a name that only begins so."""
    name = lower.rpartition("/")[2]
    stem, dot, found = name.rpartition(".")
    return found if dot and (stem or found) else ""

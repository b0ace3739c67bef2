"""Every sentence for people goes through gettext and has its Chinese."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

from scripts import messages

PACKAGE = messages.PACKAGE
TEMPLATES = [path for path in messages.sources() if path.suffix == ".html"]
MODULES = [path for path in messages.sources() if path.suffix == ".py"]

# Files whose Chinese is matter, not speech: headings of officers' tables, names of the sample city, notes for
# developers on the columns of the database.
CHINESE_IS_MATTER = [
    "register/identity.py",
    "indicators/known.py",
    "register/reconcile/*.py",
    "register/imports/*.py",
    "register/reconciliations/reading.py",
    "register/reconciliations/comparing.py",
    "register/reconciliations/firm_lists.py",
    "*/migrations/*.py",
    "register/models/*.py",
    "register/forgetting.py",
    "asks/known.py",
    "asks/reading.py",
    "meetings/documents.py",
    "meetings/word.py",
    "appraisal/refuse.py",
    "reviews/sheet.py",
    "honours/certificate.py",
    "honours/earlier.py",
    "pledges/checks.py",
    "pledges/notice.py",
    "selections/refuse.py",  # words by which a rule gives itself away
    "selections/words.py",
    "selections/polling.py",
    "selections/preparing.py",
    "selections/forms.py",
    "sample/*.py",
    "telling/register_sheet.py",
    "agreements/documents.py",
    "agreements/wording.py",
]
SPOKEN_ATTRIBUTES = {
    "aria-label",
    "aria-description",
    "title",
    "placeholder",
    "alt",
    "data-label",
    "data-copied",
}
SILENT_ELEMENTS = {"script", "style", "code", "kbd"}  # a key is called the same in every language
VOID_ELEMENTS = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}
BRAND_MARKS = {"块", "条", "带", "共建"}
LETTER = re.compile(r"[A-Za-z\u3400-\u9fff]")
CHINESE = re.compile(r"[\u3400-\u9fff]")
QUOTED = re.compile(r"""(?<![\w(])(_\()?("[^"]*"|'[^']*')""")
# Tags whose strings are names, formats or paths, or that translate by themselves.
TAGS_WITHOUT_SPEECH = {
    "translate", "trans", "blocktranslate", "extends", "load", "static", "url", "url_on", "icon", "block",
    "now", "cycle",    "if", "elif", "querystring", "get_current_language",
}  # fmt: skip
HOLE = " \ue000 "  # stands where a variable or tag stood


class _Reader(HTMLParser):
    """Finds words in text and spoken attributes that stand in the template as they are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_tagged = "lang" in given and tag != "html"
        for name, value in attrs:
            is_spoken = name in SPOKEN_ATTRIBUTES or (
                tag == "input" and name == "value" and given.get("type") == "submit"
            )
            if is_spoken and value and LETTER.search(value.replace(HOLE, "")):
                self.found.append(f'{name}="{" ".join(value.replace(HOLE, " … ").split())}"')
        if tag not in VOID_ELEMENTS:
            self.open.append((tag, is_tagged))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self.open) - 1, -1, -1):
            if self.open[at][0] == tag:
                del self.open[at:]
                return

    def handle_data(self, data: str) -> None:
        if any(is_tagged or tag in SILENT_ELEMENTS for tag, is_tagged in self.open):
            return
        for words in data.split(HOLE.strip()):
            words = words.strip()
            if LETTER.search(words) and words not in BRAND_MARKS:
                self.found.append(words)


def literal_words(source: str) -> list[str]:
    """Words of a template that nobody can translate."""
    reader = _Reader()
    html: list[str] = []
    found: list[str] = []
    silent_until = ""
    for token in Lexer(source).tokenize():
        name = token.contents.split(maxsplit=1)[0] if token.contents.strip() else ""
        if silent_until:
            silent_until = "" if token.token_type == TokenType.BLOCK and name == silent_until else silent_until
        elif token.token_type == TokenType.TEXT:
            html.append(token.contents)
        elif token.token_type in {TokenType.BLOCK, TokenType.VAR}:
            if token.token_type == TokenType.BLOCK and name in {"blocktranslate", "comment"}:
                silent_until = f"end{name}"
            found += _spoken_arguments(token.contents, name if token.token_type == TokenType.BLOCK else "")
            html.append(HOLE)
    reader.feed("".join(html))
    reader.close()
    return reader.found + found


def _spoken_arguments(contents: str, name: str) -> list[str]:
    if name in TAGS_WITHOUT_SPEECH:
        return []
    found = []
    for match in QUOTED.finditer(contents):
        is_translated, words = bool(match[1]), match[2][1:-1]
        is_format = re.search(r"\|(date|time|stringformat|floatformat):$", contents[: match.start()])
        is_speech = CHINESE.search(words) or re.search(r"^[A-Z][a-z]|[A-Za-z] [A-Za-z]", words)
        if is_speech and not is_translated and not is_format and words not in BRAND_MARKS:
            found.append(words)
    return found


def chinese_literals(source: str) -> Iterator[str]:
    """Chinese strings of a module, docstrings left out."""
    module = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docstrings:
            continue
        if CHINESE.search(node.value.replace("共建", "")):
            yield f"line {node.lineno}: {node.value!r}"


def _inside(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_no_chinese_brings_a_per_cent_sign_that_would_be_read_as_a_gap() -> None:
    """Django fills the gaps of a refusal with %: "最多100%。" would break the page that says so."""
    said = messages.translations().items()
    assert [english for (_, english), message in said if "%" in str(message.string) and "%" not in english] == []


def test_the_reader_is_addressed_alike_on_every_page() -> None:
    assert [str(message.string) for message in messages.translations().values() if "您" in str(message.string)] == []


def test_every_sentence_has_its_chinese() -> None:
    assert messages.problems() == []


@pytest.mark.parametrize("path", TEMPLATES, ids=_inside)
def test_a_template_says_nothing_that_cannot_be_translated(path: Path) -> None:
    assert literal_words(path.read_text(encoding="utf-8")) == []


def test_chinese_stands_in_the_code_only_where_it_is_matter() -> None:
    found = {
        _inside(path): literals
        for path in MODULES
        if not any(path.relative_to(PACKAGE).match(pattern) for pattern in CHINESE_IS_MATTER)
        and (literals := list(chinese_literals(path.read_text(encoding="utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Hello {{ name }}</p>", ["Hello"]),
        ("<p>{{ name }}的下级</p>", ["的下级"]),
        ('<input placeholder="Name">', ['placeholder="Name"']),
        ('<a aria-label="Open {{ name }}">{{ name }}</a>', ['aria-label="Open …"']),
        ('<td data-label="负责人">{{ name }}</td>', ['data-label="负责人"']),
        ('<input type="submit" value="Send">', ['value="Send"']),
        ("{% if x %}<b>Yes</b>{% endif %}", ["Yes"]),
        ("{% notice 'warn' \"Nine rows\" %}{% endnotice %}", ["Nine rows"]),
        ('{{ name|default:"Nobody" }}', ["Nobody"]),
        ("<p>{% translate 'Hello' %} there</p>", ["there"]),
    ],
)
def test_words_left_bare_in_a_template_are_found(source: str, words: list[str]) -> None:
    assert literal_words(source) == words


@pytest.mark.parametrize(
    "source",
    [
        "<p>{% translate 'Hello' %}</p>",
        "{% blocktranslate trimmed with n=name %}Hello <b>{{ n }}</b>{% endblocktranslate %}",
        "{% notice 'warn' _(\"Nine rows\") %}{% endnotice %}",
        '<b lang="zh-Hans">块</b><button lang="en">English</button>',
        '<a class="btn" href="{% url \'home\' %}">{{ name }} · 12/30</a>',
        '{% include "ui/tree_row.html" %}{{ at|date:"Y-m-d H:i" }}{# a note #}',
        '<input type="hidden" value="day">',
    ],
)
def test_translated_and_silent_parts_of_a_template_are_left_alone(source: str) -> None:
    assert literal_words(source) == []


def test_a_chinese_string_in_a_module_is_found_and_a_docstring_is_not() -> None:
    source = '"""共建"""\ndef f():\n    """诸暨"""\n    return f"{1}你好"\n'
    assert list(chinese_literals(source)) == ["line 4: '你好'"]


@pytest.fixture
def small_package(tmp_path: Path) -> Path:
    package = tmp_path / "town"
    (package / "templates").mkdir(parents=True)
    (package / "views.py").write_text(
        'from django.utils.translation import gettext as _\n\n\ndef f(n):\n    return _("Row %(row)s") % {"row": n}\n'
    )
    (package / "templates" / "a.html").write_text(
        '<div>\n    {% translate "Home" %}\n{% notice _("Late") %}\n'
        "        {% blocktranslate trimmed with n=x %}\n          It’s {{ n }}\n"
        "        {% endblocktranslate %}</div>\n"
    )
    return package


def test_sentences_of_code_and_templates_are_collected(small_package: Path) -> None:
    assert set(messages.collected(small_package)) == {
        (None, "Row %(row)s"), (None, "Home"), (None, "Late"), (None, "It’s %(n)s"),
    }  # fmt: skip


def test_what_is_missing_fuzzy_gone_or_has_other_gaps_is_told(small_package: Path, tmp_path: Path) -> None:
    po = tmp_path / "django.po"
    chinese: dict[messages.Key, str] = {
        (None, "Row %(row)s"): "第%(row)s行",
        (None, "Home"): "首页",
        (None, "Late"): "晚",
        (None, "It’s %(n)s"): "%(n)s",
    }
    messages.write_collected(chinese, small_package, po)
    assert messages.problems(small_package, po) == []
    good = po.read_text()

    po.write_text(good.replace('"首页"', '""'))
    assert messages.problems(small_package, po) == ["no Chinese: 'Home' in town/templates/a.html"]
    po.write_text(good.replace("第%(row)s行", "第%(line)s行"))
    assert messages.problems(small_package, po) == ["other gaps than the English: 'Row %(row)s' in town/views.py"]
    po.write_text(good.replace('#, python-format\nmsgid "Row', '#, fuzzy, python-format\nmsgid "Row'))
    assert messages.problems(small_package, po) == ["marked fuzzy: 'Row %(row)s' in town/views.py"]
    po.write_text(good)
    (small_package / "templates" / "a.html").write_text('{% translate "Away" %}')
    assert [line.split(":")[0] for line in messages.problems(small_package, po)] == [
        "not collected", "no longer in the code", "no longer in the code", "no longer in the code",
    ]  # fmt: skip


def test_collecting_again_keeps_the_chinese_and_changes_nothing(small_package: Path, tmp_path: Path) -> None:
    po = tmp_path / "django.po"
    messages.write_collected({(None, "Home"): "首页"}, small_package, po)
    first = po.read_bytes()
    messages.write_collected({}, small_package, po)
    assert po.read_bytes() == first
    assert "#: town/templates/a.html\n" in first.decode()


def test_the_compiled_file_follows_the_collected_one(small_package: Path, tmp_path: Path) -> None:
    po, mo = tmp_path / "django.po", tmp_path / "django.mo"
    messages.write_collected({(None, "Home"): "首页"}, small_package, po)
    assert messages.compile_if_stale(po, mo)
    assert "首页".encode() in mo.read_bytes()
    assert not messages.compile_if_stale(po, mo)


def test_no_sentence_has_a_plural_of_its_own():
    """The dictionary has one form of each sentence: another one would be shown in English, and no check would tell."""
    templates = PACKAGE.rglob("*.html")
    assert [each.name for each in templates if "{% plural %}" in each.read_text(encoding="utf-8")] == []

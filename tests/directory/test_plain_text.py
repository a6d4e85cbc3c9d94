"""User text in mails (hazard 24): one line, capped, no link left; names and titles stay as they are."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from directory import plain_text
from directory.plain_text import unlinked

# What mail programs make links of, more greedily than any of them: a reading of its own.
LINKS = re.compile(
    r"""
    [a-z][a-z0-9+.-]*://                                   # any scheme
    | (?<![a-z])(?:https?|ftp|mailto|tel|sms|javascript|data|file|skype|webcal|magnet|geo):\S
    | \\\\\S                                               # a folder of another machine
    | \bwww\d?[.．。]\S
    | \S[@＠]\S
    | [\w💩-][.．。․](?:xn--[a-z0-9]+|[^\W\d_]{2,})(?![^\W_]*\d)
    | (?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d)
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What a Japanese sentence has and no mail program follows.
SENTENCE = re.compile(r"[ぁ-ん一-龥]。")

PAYLOADS = """
http://evil.example
https://evil.example/login?next=/
HTTPS://EVIL.EXAMPLE
hTtP://evil.example
http:evil.example
https:/evil.example
http:\\\\evil.example
//evil.example/x
ftp://evil.example
ftp.evil.example
sftp://user@evil.example
www.evil.example
WWW.EVIL.EXAMPLE
www.3com.com
www2.evil.example
evil.example
EVIL.COM
evil.co.jp
login.evil.example/aspire
evil.example:8443
evil.example?team=1
evil.example#x
(evil.example)
<http://evil.example>
<a href="http://evil.example">ASPIRE</a>
[ASPIRE](http://evil.example)
"evil.example"
evil.example.
evil.example,
evil.xn--p1ai
xn--e1afmkfd.xn--p1ai
пример.рф
例え.テスト
💩.la
bit.ly/3xYz
t.co/x
amed-go-jp.com
amed.go.jp.evil.example
amed.go.jp@evil.example
phish@evil.example
mailto:phish@evil.example
mailto:phish
Kari <phish@evil.example>
phish＠evil.example
tel:+81312345678
sms:+81312345678
javascript:alert(1)
data:text/html,x
file:///etc/passwd
\\\\evil.example\\share
skype:evil?call
webcal://evil.example/c.ics
magnet:?xt=urn:btih:0
geo:35.6,139.7
203.0.113.9/login
http://203.0.113.9
ｗｗｗ．ｅｖｉｌ．ｃｏｍ
evil。com
evil․com
ev{ZW}il.example
evil{ZW}.{ZW}example
evil{SHY}.example
htt{ZW}p://evil.example
evil{RLO}.example
Please confirm at https://evil.example{LS}or reply
Team{CR}{LF}Bcc: v@evil.example
Urgent: log in at aspire.evil.example now
""".strip().splitlines()
HIDDEN = {"ZW": "\u200b", "SHY": "\u00ad", "RLO": "\u202e", "LS": "\u2028", "CR": "\r", "LF": "\n"}

ORDINARY = [
    "Dr. A.B. Smith",
    "Prof. J. R. R. Tolkien, Ph.D.",
    "O'Connor",
    "髙﨑 𠮷野",
    "葛\U000e0100城",  # the selector tells which shape of 葛
    "山田　花子".replace("　", " "),
    "CRISPR/Cas9 v2.0",
    "p53: a study",
    "BRAF p.Val600Glu (c.1799T>A)",
    "細胞の記憶。その分子機構",
    "研究代表者：山田花子（○○大学）",
    "Sukarno",
    "Nguyễn Thị Minh-Khai",
    "A\u030ase Müller",
    "علی\u200cرضا",  # the joiner shapes the letters
    "\U0001f469\u200d\U0001f52c lab",
    "pH 7.4, 37 °C, 10:30, ratio 3:1",
    "T cells @ 37 °C",
    "No. 12; Fig.2; e.g. mice, i.e. rodents",
    "U.S.A. – U.K. joint project (2026–2030)",
    "GPCR signalling: from α to ω… and back",
    "100% & more <draft> [v3] {x}",
    "C. elegans vs. D. melanogaster",
    "version 1.2.3 of 3.5 mm",
    "AND/OR; and/or; C/EBPβ",
]


def filled(payload):
    for name, hidden in HIDDEN.items():
        payload = payload.replace(f"{{{name}}}", hidden)
    return payload


def links_in(text):
    return LINKS.findall(SENTENCE.sub(" ", text))


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("around", ["{}", "The {} team", "細胞{}の会", "（{}）"])
def test_no_link_is_left_of_a_payload(payload, around):
    quoted = unlinked(around.format(filled(payload)))

    assert links_in(quoted) == []
    assert quoted.isprintable()


def test_control_unbroken_nearly_all_are_links(monkeypatch):
    """It is the breaking that protects; what is hidden or has one slash only some programs follow."""
    monkeypatch.setattr(plain_text, "_BREAKS", ())

    assert len(PAYLOADS) >= 60
    followed = [one for one in PAYLOADS if links_in(unlinked(filled(one)))]
    assert set(PAYLOADS) - set(followed) == set()


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_comes_back_unharmed(text):
    assert unlinked(text) == text


@pytest.mark.parametrize(
    "text, quoted",
    [
        ("Ka\x00ri\x1b\x85\x07", "Ka ri"),
        ("two\r\nlines\u2028three", "two lines three"),
        ("a\u202eb\u2066c\u200bd\ufeffe", "abcde"),
        ("zero\u200dwidth", "zerowidth"),
        ("", ""),
        (" \t ", ""),
    ],
)
def test_controls_and_invisible_characters_are_left_out(text, quoted):
    assert unlinked(text) == quoted


@pytest.mark.parametrize(
    "unit", ["x", "e\u0301", "葛\U000e0100", "🇯🇵", "\U0001f469\u200d\U0001f52c", "👍🏽", "한", "각"]
)
@pytest.mark.parametrize("most", [10, 11, 12, 13, 120])
def test_what_is_cut_ends_with_an_ellipsis_between_whole_letters(unit, most):
    quoted = unlinked(unit * 200, most)

    assert len(quoted) <= most
    assert quoted.endswith("…")
    whole = quoted[:-1]
    assert whole == unit * (len(whole) // len(unit)) != ""


@pytest.mark.parametrize("most", range(4, 30))
def test_no_cut_makes_a_link(most):
    assert links_in(unlinked("see evil.com2 and 203.0.113.9999 or a.co9", most)) == []


@example("xx0@a", 5)
@example("xx0@abc", 5)
@given(
    st.text() | st.text("aZ.。@:/\\w0-\u200d\u0301\ufe0f🇯 wｗ．", max_size=200), st.integers(5, 60)
)
def test_whatever_is_typed_fits_and_holds_no_link(text, most):
    quoted = unlinked(text, most)

    assert len(quoted) <= most
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", quoted)
    assert not re.search(r"(?i)[a-z]://|www\.\S|[a-z0-9]\.[a-z]{2,}(?![^\W_]*\d)|\S@\S", quoted)

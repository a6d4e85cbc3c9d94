"""Likely slips in the domain of an e-mail address: one letter off, or ``.jp`` for ``.ac.jp``."""

from collections.abc import Iterable

from directory.domains import unicode_form
from directory.lookalikes import bare, one_slip_apart


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Where very many people have their mail. Real neighbours of these stand here too, such as
# mail.com beside gmail.com: nothing here is doubted.
PROVIDERS = _words(
    """
    gmail.com googlemail.com mail.com email.com ymail.com rocketmail.com outlook.com outlook.jp
    hotmail.com hotmail.co.jp hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es
    hotmail.be hotmail.nl hotmail.ch hotmail.se hotmail.no hotmail.dk hotmail.fi hotmail.ca
    live.com live.jp live.nl live.co.uk live.fr msn.com icloud.com me.com mac.com aol.com
    proton.me protonmail.com pm.me gmx.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de
    freenet.de posteo.de mailbox.org fastmail.com zoho.com hey.com yahoo.com yahoo.co.jp
    yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.ca yahoo.com.au yahoo.com.ar
    yahoo.com.br yahoo.com.hk yahoo.com.sg yahoo.com.tw yahoo.co.in yahoo.co.id yahoo.co.il
    yahoo.co.kr yahoo.co.th yahoo.co.nz yahoo.co.za orange.fr free.fr laposte.net wanadoo.fr
    sfr.fr bluewin.ch ziggo.nl kpnmail.nl telenet.be skynet.be telia.com online.no
    btinternet.com comcast.net verizon.net att.net shaw.ca rogers.com bigpond.com bigpond.net.au
    optusnet.com.au qq.com 163.com 126.com sina.com foxmail.com naver.com daum.net hanmail.net
    docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp nifty.com biglobe.ne.jp
    ocn.ne.jp so-net.ne.jp plala.or.jp dion.ne.jp infoseek.jp excite.co.jp rakuten.jp
    """
)
# The middle parts of .jp: universities, companies, offices, others, net, admins, schools.
_MIDDLES = ("ac", "co", "go", "or", "ne", "ad", "ed", "gr", "lg")
# Offices that people look for under .jp; everybody else who researches is first sought at .ac.jp.
_OFFICES = _words(
    """
    jst amed jsps aist nims nict qst jaea naro jamstec nies ncc ncgm ncnp ncvc ncchd ncgg
    nibiohn niid mext mhlw meti maff env cao nedo jica pmda nite nivm ffpri affrc
    """
)
# Bodies of research and others that truly have a plain .jp, and the prefectures' names of places.
_PLAIN_JP = _words(
    """
    riken oist kek jaxa nii jpnic jprs softbank docomo kddi ntt jal ana
    """
)
_PREFECTURES = _words(
    """
    hokkaido aomori iwate miyagi akita yamagata fukushima ibaraki tochigi gunma saitama chiba
    tokyo kanagawa niigata toyama ishikawa fukui yamanashi nagano gifu shizuoka aichi mie shiga
    kyoto osaka hyogo nara wakayama tottori shimane okayama hiroshima yamaguchi tokushima kagawa
    ehime kochi fukuoka saga nagasaki kumamoto oita miyazaki kagoshima okinawa
    """
)
_JAPAN = "JP"
_SHORTEST = 5  # gmail; among shorter ones, such as uio.no and uib.no, both are real


def near(domain: str, trusted: Iterable[str] = ()) -> str:
    """Return a domain of ``trusted`` or of the providers' that was probably meant, "" for none."""
    domain, own = unicode_form(domain), sorted({unicode_form(one) for one in trusted})
    if _within(domain, own) or _within(domain, PROVIDERS):
        return ""
    for meant in (*own, *sorted(PROVIDERS)):
        # A department before the domain stays as it is.
        labels, places = domain.split("."), meant.count(".") + 1
        head, tail = labels[:-places], ".".join(labels[-places:])
        if max(map(len, meant.split("."))) >= _SHORTEST and _nearly(tail, meant):
            return ".".join((*head, meant))
        if middle_left_out(domain, meant):
            return meant
    return ""


def _within(domain: str, trusted: Iterable[str]) -> bool:
    return any(domain == one or domain.endswith(f".{one}") for one in trusted)


def _nearly(typed: str, meant: str) -> bool:
    """Whether the two are one slip apart, or differ by accents or by letters that run together."""
    return _drawn(typed) == _drawn(meant) or one_slip_apart(bare(typed), meant)


def _drawn(domain: str) -> str:
    return bare(domain).replace("rn", "m").replace("vv", "w")


def middle_left_out(domain: str, meant: str) -> bool:
    """Whether ``meant`` is ``domain`` with the middle part of .jp put back."""
    name, _dot, end = unicode_form(domain).rpartition(".")
    return end == "jp" and any(meant == f"{name}.{middle}.jp" for middle in _MIDDLES)


def japanese(domain: str, country: str, trusted: Iterable[str] = ()) -> str:
    """Return the ``.ac.jp`` or ``.go.jp`` that somebody in Japan probably meant, "" for none."""
    domain = unicode_form(domain)
    *head, name, tld = domain.split(".")
    if country != _JAPAN or tld != "jp":
        return ""
    if head and name not in _MIDDLES and name[::-1] in _MIDDLES:  # kyoto-u.ca.jp
        return ".".join((*head, name[::-1], tld))
    right = _PLAIN_JP | _PREFECTURES | set(_MIDDLES)
    if name in right or not name.isascii() or _within(domain, PROVIDERS):
        return ""
    if _within(domain, map(unicode_form, trusted)):
        return ""
    return ".".join((*head, name, "go" if name in _OFFICES else "ac", tld))

"""Messages as they come back to the portal's mailbox, made by hand after the styles of real mail servers."""

import base64
from dataclasses import dataclass

from applications.returned_mail import Kind

TO = "kari@example.no"
ID = "news.7@portal.example"
SENT = f"""\
From: ASPIRE <portal@portal.example>
To: {TO}
Subject: News
Message-ID: <{ID}>
Auto-Submitted: auto-generated
"""
ROBOT = "robot-1@mx.example.no"


@dataclass(frozen=True)
class Back:
    name: str
    content: bytes
    kind: Kind
    ids: tuple[str, ...] = (ID,)
    recipients: tuple[str, ...] = (TO,)


def report(
    *, subject, sender="MAILER-DAEMON@mx.example.no (Mail Delivery System)", human="It failed.",
    fields="Final-Recipient: rfc822; kari@example.no\nAction: failed\nStatus: 5.1.1",
    returned=SENT + "\nThere is news.\n", returned_type="message/rfc822", charset="us-ascii",
    extra="", whole="Reporting-MTA: dns; mx.example.no\n",
):  # fmt: skip
    """A delivery report of RFC 3464: words for people, fields for machines, what was sent."""
    text = f"""\
Return-Path: <>
From: {sender}
To: portal@portal.example
Subject: {subject}
Message-ID: <{ROBOT}>
{extra}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=b"

--=b
Content-Type: text/plain; charset={charset}

{human}
--=b
Content-Type: message/delivery-status

{whole}
{fields}

--=b
Content-Type: {returned_type}

{returned}
--=b--
"""
    return text.encode(charset if charset != "us-ascii" else "utf-8")


def plain(*, subject, sender, body="", charset="utf-8", extra="", transfer="8bit"):
    """A message of one text."""
    content = body.encode(charset)
    if transfer == "base64":
        content = base64.encodebytes(content)
    head = f"""\
From: {sender}
To: portal@portal.example
Subject: {subject}
Message-ID: <{ROBOT}>
{extra}MIME-Version: 1.0
Content-Type: text/plain; charset={charset}
Content-Transfer-Encoding: {transfer}

"""
    return head.encode() + content


def b64(words, charset="iso-2022-jp"):
    return f"=?{charset.upper()}?B?{base64.b64encode(words.encode(charset)).decode()}?="


ANSWER = f"In-Reply-To: <{ID}>\nReferences: <{ID}>\n"
QUOTED = f"""
----- Original Message Header -----
Message-ID: <{ID}>
To: {TO}
"""
MAILS = (
    Back("Postfix", report(subject="Undelivered Mail Returned to Sender", extra="Auto-Submitted: auto-replied\n"), Kind.FAILED),
    Back(
        "Postfix, headers alone",
        report(subject="Undelivered Mail Returned to Sender", returned_type="text/rfc822-headers", returned=SENT),
        Kind.FAILED,
    ),
    Back(
        "Postfix, delayed",
        report(subject="Delayed Mail (still being retried)", fields="Final-Recipient: rfc822; kari@example.no\nAction: delayed\nStatus: 4.4.1"),
        Kind.DELAYED,
    ),
    Back(
        "Exchange",
        report(
            subject="Undeliverable: News", sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.no>",
            fields="Final-Recipient: rfc822;kari@example.no\nAction: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound",
            extra="X-Auto-Response-Suppress: All\nAuto-Submitted: auto-replied\n",
        ),
        Kind.FAILED,
    ),
    Back(
        "Exchange, in Japanese",
        report(
            subject=b64("配信不能: News", "utf-8"), sender="postmaster@example.no", charset="utf-8",
            human="次の受信者または配布リストへの配信に失敗しました:",
        ),
        Kind.FAILED,
    ),
    Back(
        "Exchange, away",
        plain(subject="Automatic reply: News", sender="Kari <kari@example.no>", body="I am away.", extra=ANSWER + "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n"),
        Kind.AUTO_REPLY, recipients=(),
    ),
    Back(
        "Gmail",
        report(
            subject="Delivery Status Notification (Failure)", sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            extra=ANSWER + "Auto-Submitted: auto-replied\nX-Failed-Recipients: kari@example.no\n",
        ),
        Kind.FAILED,
    ),
    Back(
        "Gmail, delayed",
        report(
            subject="Delivery Status Notification (Delay)", sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            fields="Final-Recipient: rfc822; kari@example.no\nAction: delayed\nStatus: 4.4.2\nWill-Retry-Until: Tue, 21 May 2024 10:00:00 -0700 (PDT)",
            extra="X-Failed-Recipients: kari@example.no\n",
        ),
        Kind.DELAYED,
    ),
    Back(
        "Gmail, away",
        plain(subject="Re: News", sender="Kari <kari@example.no>", body="Back on Monday.", extra=ANSWER + "X-Autoreply: yes\nPrecedence: bulk\nAuto-Submitted: auto-replied\n"),
        Kind.AUTO_REPLY, recipients=(),
    ),
    Back(
        "Sendmail",
        report(subject="Returned mail: see transcript for details", fields="Original-Recipient: rfc822;kari@example.no\nFinal-Recipient: RFC822; kari@mx.example.no\nAction: failed\nStatus: 5.2.2"),
        Kind.FAILED, recipients=(TO, "kari@mx.example.no"),
    ),
    Back(
        "Sendmail, a warning",
        plain(subject="Warning: could not send message for past 4 hours", sender="Mail Delivery Subsystem <MAILER-DAEMON@mx.example.no>", body=QUOTED),
        Kind.DELAYED, recipients=(),
    ),
    Back(
        "Exim",
        plain(
            subject="Mail delivery failed: returning message to sender", sender="Mail Delivery System <Mailer-Daemon@mx.example.no>",
            body=f"This message was created automatically.\n\n------ This is a copy of the message, including all the headers. ------\n\n{SENT}",
            extra="X-Failed-Recipients: kari@example.no\nAuto-Submitted: auto-replied\n",
        ),
        Kind.FAILED,
    ),
    Back(
        "qmail",
        plain(
            subject="failure notice", sender="MAILER-DAEMON@mx.example.no", extra="Return-Path: <>\n",
            body=f"Hi. This is the qmail-send program at mx.example.no.\n\n<kari@example.no>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n{SENT}",
        ),
        Kind.FAILED, recipients=(),
    ),
    Back(
        "Fields without an action",
        report(subject="Notice", fields="Final-Recipient: rfc822; kari@example.no\nStatus: 5.7.1"), Kind.FAILED,
    ),
    Back(
        "Delivered, as somebody asked",
        report(subject="Successful Mail Delivery Report", fields="Final-Recipient: rfc822; kari@example.no\nAction: delivered\nStatus: 2.0.0"),
        Kind.OTHER,
    ),
    Back(
        "A Japanese phone company",
        plain(
            subject="Mail System Error - Returned Mail", sender="Postmaster@phone.example.jp", charset="iso-2022-jp", transfer="7bit",
            body=f"このメールは次の宛先に配信できませんでした。\n<kari@example.no>\n{QUOTED}",
        ),
        Kind.FAILED, recipients=(),
    ),
    Back(
        "A Japanese provider, subject in ISO-2022-JP",
        plain(subject=b64("メールが配信できませんでした"), sender=f"{b64('メール配信システム')} <MAILER-DAEMON@provider.example.jp>", charset="iso-2022-jp", transfer="7bit", body=QUOTED),
        Kind.FAILED, recipients=(),
    ),
    Back(
        "A Japanese provider, base64 of Shift_JIS",
        plain(subject=b64("配信不能通知", "shift_jis"), sender="postmaster@provider.example.jp", charset="shift_jis", transfer="base64", body=f"宛先不明のため配信できませんでした。\n{QUOTED}"),
        Kind.FAILED, recipients=(),
    ),
    Back(
        "A Japanese provider, delayed",
        plain(subject=b64("配信遅延のお知らせ"), sender="MAILER-DAEMON@provider.example.jp", charset="iso-2022-jp", transfer="7bit", body=QUOTED),
        Kind.DELAYED, recipients=(),
    ),
    Back(
        "A Japanese report, ISO-2022-JP in the words for people",
        report(subject=b64("配送エラー"), charset="iso-2022-jp", human="宛先のメールボックスがありません。"), Kind.FAILED,
    ),
    Back(
        "Away, in Japanese",
        plain(subject=b64("自動応答: News"), sender="佐藤 <sato@univ.example.jp>", charset="iso-2022-jp", transfer="7bit", body="ただいま不在です。", extra=ANSWER),
        Kind.AUTO_REPLY, recipients=(),
    ),
    Back(
        "On leave, in Japanese",
        plain(subject=b64("休暇中のため不在にしております", "utf-8"), sender="sato@univ.example.jp", body="休暇中です。", extra=ANSWER),
        Kind.AUTO_REPLY, recipients=(),
    ),
    Back(
        "Away, its subject in bare ISO-2022-JP",
        b"From: sato@univ.example.jp\nTo: portal@portal.example\nSubject: "
        + "【自動返信】お問い合わせありがとうございます".encode("iso-2022-jp")
        + f"\nMessage-ID: <{ROBOT}>\n{ANSWER}\nok\n".encode(),
        Kind.AUTO_REPLY, recipients=(),
    ),
    Back(
        "Away, in German",
        plain(subject="Abwesenheitsnotiz: News", sender="k@uni.example.de", extra=ANSWER), Kind.AUTO_REPLY, recipients=(),
    ),
    Back(
        "A vacation program",
        plain(subject="Re: News", sender="k@uni.example.de", extra=ANSWER + "Precedence: auto_reply\n"), Kind.AUTO_REPLY, recipients=(),
    ),
    Back(
        "A person's answer",
        plain(subject="Re: News", sender="Kari <kari@example.no>", body="Thank you, delivery failed last week, but now all is well.", extra=ANSWER),
        Kind.OTHER, recipients=(),
    ),
    Back(
        "A person's answer that quotes a report",
        plain(subject="Re: Undeliverable: News", sender="Kari <kari@example.no>", body="Look at this report.", extra=ANSWER),
        Kind.OTHER, recipients=(),
    ),
    Back("Nothing", b"", Kind.OTHER, (), ()),
    Back("Junk", bytes(range(256)) * 40, Kind.OTHER, (), ()),
    Back("A thousand boxes in boxes", b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 1000, Kind.OTHER, (), ()),
)  # fmt: skip

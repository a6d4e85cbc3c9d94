"""Hazard 21: every answer at every stage, through a real connection and real rows, held against the table."""

import pytest

from applications.models import Message, Notice
from applications.outbox.outcomes import Outcome, Stage, outcome_of
from tests.smtp.expected import AFTER, LEASE, SERVER_REST, Row, keeps_connection, meaning
from tests.smtp.posting import AT, deliver, minutes
from tests.smtp.sink import CONTENT, DATA, GREETING, MAIL, RCPT, STAGES, Step

pytestmark = pytest.mark.django_db
NAMES = {MAIL: "SENDER", RCPT: "RECIPIENT", DATA: "DATA", CONTENT: "CONTENT"}
OUTCOMES = {
    "taken": Outcome.HANDED_OVER, "soon": Outcome.RETRY_QUICKLY, "late": Outcome.RETRY_SLOWLY,
    "never": Outcome.FAILED, "server": Outcome.GIVEN_BACK, "held": Outcome.HELD,
}  # fmt: skip
# Where the notice of a letter must stand for each state of its mail.
NOTICES = {
    "HANDED_OVER": "HANDED_OVER", "FAILED": "FAILED", "HELD": "HELD",
    "WAITING": "RELEASED", "SENDING": "RELEASED",
}  # fmt: skip
WHOM = pytest.mark.parametrize("letter", [False, True], ids=["own", "letter"])
STEPS = [
    *(Step(stage, code) for stage in STAGES for code in AFTER),
    *(Step(stage, code, hangs_up=True) for stage in STAGES for code in (451, 550)),
    *(Step(stage) for stage in STAGES),
    Step(CONTENT, keeps=True),
    *(Step(stage, silent=True) for stage in STAGES),
    Step(CONTENT, silent=True, keeps=True),
]


def name_of(step):
    how = step.code or ("silent" if step.silent else "drops")
    return f"{step.at}-{how}{'-hangs-up' * step.hangs_up}{'-keeps' * step.keeps}"


def stands(message):
    """Where a mail and its notice stand now."""
    row = Message.objects.get(pk=message.pk)
    notice = Notice.objects.get(pk=row.notice_id).state if row.notice_id else None
    return row.state, row.attempts, row.available_at, notice


def must_stand(row, letter):
    return row.state, row.attempts, AT + row.due, NOTICES[row.state] if letter else None


@WHOM
@pytest.mark.parametrize("step", STEPS, ids=name_of)
def test_what_follows_from_an_answer(sink, connection, post, step, letter):
    # Given a mail to which the server answers so
    message = post.letter() if letter else post.own()
    sink.script.append(step)
    what = meaning(step, letter=letter)
    # When it is sent once
    tally = deliver(connection=connection)
    # Then mail, tries, next try and notice stand as the table says
    row = Row(letter, LEASE - LEASE)
    if what == "server":
        row.due = SERVER_REST
    else:
        row.attempts = 1
        row.due = LEASE  # where it is final, nobody looks at it
        row.follow(what, minutes(0))
    assert tally == {OUTCOMES[what].value: 1}
    assert stands(message) == must_stand(row, letter)
    assert Message.objects.get().reply_code == (None if what == "server" else step.code)
    assert len(sink.taken) == step.keeps
    # And the portal's own table agrees with the one written here
    ours = outcome_of(Stage(NAMES[step.at]), step.code, to_funder=letter)
    assert ours == OUTCOMES[what]
    # And the next mail uses the same connection, unless that is gone
    post.own(at=AT)
    deliver(connection=connection)
    assert sink.connections == (1 if keeps_connection(step) else 2)
    assert sink.taken[-1].mail["Subject"].startswith("News")


@WHOM
@pytest.mark.parametrize("code", [421, 451, 550, 530, None])
@pytest.mark.parametrize("stage", STAGES)
def test_a_server_that_is_asked_everything_at_once_decides_the_same(
    sink, connection, post, stage, code, letter
):
    sink.pipelining = True
    step = Step(stage, code)
    message = post.letter() if letter else post.own()
    sink.script.append(step)
    what = meaning(step, letter=letter)
    assert deliver(connection=connection) == {OUTCOMES[what].value: 1}
    assert stands(message)[0] == {
        "soon": "WAITING", "late": "WAITING", "server": "WAITING", "never": "FAILED", "held": "HELD",
    }[what]  # fmt: skip
    assert sink.taken == []
    # And the next mail is a mail of its own
    other = post.own()
    deliver(connection=connection)
    assert stands(other)[0] == "HANDED_OVER"
    assert [one.recipients for one in sink.taken] == [(other.recipient,)]


def test_a_server_that_wants_the_text_of_a_refused_mail_gets_none(sink, connection, post):
    """RFC 2920: DATA was on its way when the recipient was refused, and is answered 354 all the same."""
    sink.pipelining = sink.wants_text_anyway = True
    message, other = post.letter(), post.own()
    sink.script.append(Step(RCPT, 550))
    deliver(connection=connection)
    deliver(connection=connection)
    assert [stands(one)[0] for one in (message, other)] == ["FAILED", "HANDED_OVER"]
    assert [one.recipients for one in sink.taken] == [(other.recipient,)]
    assert sink.connections == 2


@WHOM
def test_what_is_taken_is_handed_over_with_every_line(sink, connection, post, letter):
    message = post.letter() if letter else post.own()
    assert deliver(connection=connection) == {"handed over": 1}
    assert stands(message) == ("HANDED_OVER", 1, AT + LEASE, "HANDED_OVER" if letter else None)
    (taken,) = sink.taken
    assert taken.mail.get_content().replace("\r\n", "\n") == (
        message.text.replace("［link］", message.secret) if letter else message.text
    )


TROUBLES = [
    Step(GREETING, 421),
    Step(GREETING, 554),
    Step(GREETING),
    Step(GREETING, silent=True),
]


@WHOM
@pytest.mark.parametrize("step", TROUBLES, ids=name_of)
def test_trouble_of_the_server_is_no_try(sink, connection, post, step, letter):
    message = post.letter() if letter else post.own()
    post.own()
    sink.greetings.append(step)
    assert deliver(connection=connection)["given back"] >= 1
    assert stands(message)[:3] == ("WAITING", 0, AT + SERVER_REST)
    # After its rest all leave
    for _pass in range(2):
        deliver(AT + SERVER_REST, connection)
    assert stands(message)[:2] == ("HANDED_OVER", 1)
    assert len(sink.taken) == 2


def test_a_server_that_refuses_connections_costs_no_try(sink, connection, post):
    messages = [post.letter(), post.own()]
    sink.refuse_connections()
    for minute in range(0, 120, 10):  # two hours
        deliver(AT + minutes(minute), connection)
    assert {stands(one)[:2] for one in messages} == {("WAITING", 0)}
    sink.start()
    for _pass in range(2):
        deliver(AT + minutes(120), connection)
    assert {stands(one)[:2] for one in messages} == {("HANDED_OVER", 1)}


def test_encryption_that_cannot_be_had_is_the_servers_trouble(sink, settings, post):
    settings.EMAIL_USE_TLS = True  # and the sink offers none
    message = post.letter()
    assert deliver() == {"given back": 1}
    assert stands(message) == ("WAITING", 0, AT + SERVER_REST, "RELEASED")
    assert "STARTTLS" in Message.objects.get().error
    assert sink.taken == []


def test_encryption_that_breaks_off_is_the_servers_trouble(sink, settings, post):
    settings.EMAIL_USE_SSL = True  # the sink speaks plainly
    message = post.own()
    assert deliver() == {"given back": 1}
    assert stands(message) == ("WAITING", 0, AT + SERVER_REST, None)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # aiosmtpd's advice
@WHOM
def test_a_sign_in_that_is_asked_for_or_refused_is_the_portals_trouble(
    sink, settings, post, letter
):
    # Given a server that wants a name and a password
    sink.refuse_connections()
    sink.port = 0
    sink.start(auth_required=True, auth_require_tls=False)
    settings.EMAIL_PORT = sink.port
    message = post.letter() if letter else post.own()
    assert deliver() == {"given back": 1}
    assert stands(message)[:3] == ("WAITING", 0, AT + SERVER_REST)
    assert Message.objects.get().error.startswith("530 ")
    # And takes none of ours
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "wrong"
    assert deliver(AT + SERVER_REST) == {"given back": 1}
    assert Message.objects.get().error.startswith("535 ")
    assert stands(message)[:2] == ("WAITING", 0)


def tries_of(message, sink, connection, ends):
    """Pass at every moment when the mail is due, and just before; return the minutes of its tries.

    The server answers as ``sink.always`` says until minute ``ends``, and takes all mail then.
    """
    tries = []
    while (row := Message.objects.get(pk=message.pk)).state == "WAITING":
        assert deliver(row.available_at - minutes(0.01), connection) == {}
        tries.append(int((row.available_at - AT).total_seconds() // 60))
        if tries[-1] >= ends:
            sink.always = None
        deliver(row.available_at, connection)
    return tries


@WHOM
def test_greylisting_for_four_hours_is_outlasted(sink, connection, post, letter):
    message = post.letter() if letter else post.own()
    sink.always = Step(RCPT, 451)
    assert tries_of(message, sink, connection, ends=240) == [0, 5, 35, 155, 515]
    assert stands(message)[:2] == ("HANDED_OVER", 5)
    assert len(sink.taken) == 1


@pytest.mark.parametrize(
    ("code", "moments"), [(421, [0, 1, 3, 7, 15]), (451, [0, 5, 35, 155, 515])], ids=str
)
@WHOM
def test_after_five_tries_a_person_is_needed(sink, connection, post, code, moments, letter):
    message = post.letter() if letter else post.own()
    sink.always = Step(RCPT, code)
    assert tries_of(message, sink, connection, ends=10_000) == moments
    assert stands(message)[0::3] == ("FAILED", "FAILED" if letter else None)
    assert Message.objects.get().error == f"{code} as the script says"
    assert sink.taken == []


@pytest.mark.parametrize("code", [450, 550])
def test_one_recipient_refused_leaves_the_others_of_the_batch_alone(sink, connection, post, code):
    messages = [post.own() for _mail in range(3)]
    sink.script.extend([None, Step(RCPT, code)])
    deliver(connection=connection)
    assert [stands(one)[0] for one in messages] == [
        "HANDED_OVER",
        "WAITING" if code == 450 else "FAILED",
        "HANDED_OVER",
    ]
    assert sink.connections == 1

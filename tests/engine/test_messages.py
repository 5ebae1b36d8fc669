# SPDX-License-Identifier: Apache-2.0
"""Messages find their case, exactly once, whatever happens between sending and receiving."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import SYSTEM
from engine.errors import Conflict, KeyReused, TimeInvalid
from engine.facade.messages import CHAIN_LIMIT
from engine.history import log
from engine.values import Case
from tests.builders import diagram
from tests.databases import Furnished, only_postgresql, only_sqlite
from tests.engine.workshop import START, Workshop, opened

WAITER = """
start S -> A
user A -> C
catch C | message: answered | key: number | var: answer -> B
user B -> E
end E
"""
SENDER = """
start S -> A
user A -> T
throw T | message: answered | key: number | payload: {"text": text} -> B
user B -> E
end E
"""
STARTED = "start S | message: asked | var: request -> A\nuser A -> E\nend E"


@pytest.fixture
def pair(workshop: Workshop) -> Workshop:
    workshop.publish("P", WAITER)
    workshop.publish("Q", SENDER)
    return workshop


def messages(workshop: Workshop) -> list[tuple[str, str, str | None]]:
    """(name, state, target) of all messages, in order."""
    with workshop.database.past() as database:
        return database.execute("SELECT name, state, target_id FROM message ORDER BY sent_at, id").fetchall()


def test_a_message_goes_from_case_to_case(pair: Workshop) -> None:
    """By name and key; the receiver takes the payload and tells who sent it."""
    waiting = pair.do(pair.start("P"), number=7)
    other = pair.do(pair.start("P"), number=8)
    sender = pair.do(pair.start("Q"), number="7", text="hello")
    assert pair.data(waiting)["answer"] == {"text": "hello"}
    assert [t.element for t in pair.open(waiting)] == ["B"]
    assert "answer" not in pair.data(other)
    (received,) = [e for e in pair.engine.history(SYSTEM, waiting.id) if e.kind == "message.received"]
    assert received.payload["inputs"]["source"] == sender.id
    assert [c.id for c in pair.engine.case(SYSTEM, sender.id).related] == [waiting.id]
    assert [c.id for c in pair.engine.case(SYSTEM, waiting.id).related] == [sender.id]


def test_of_two_that_wait_the_one_started_first_receives(pair: Workshop) -> None:
    """A message has one receiver; the next message goes to the next."""
    first, second = pair.start("P"), pair.start("P")
    pair.do(second, number=1)
    pair.do(first, number=1)
    for text in ("one", "two"):
        pair.engine.correlate(SYSTEM, "answered", "1", {"text": text})
    assert pair.data(first)["answer"] == {"text": "one"}
    assert pair.data(second)["answer"] == {"text": "two"}


def test_a_message_that_comes_early_is_kept_until_somebody_waits(pair: Workshop) -> None:
    """In the order in which they came, one for each wait."""
    for text in ("early", "later"):
        assert pair.engine.correlate(SYSTEM, "answered", "1", {"text": text}) == ()
    one, two = (pair.do(pair.start("P"), number=1) for _ in range(2))
    assert [pair.data(c)["answer"]["text"] for c in (one, two)] == ["early", "later"]
    assert [state for _, state, _ in messages(pair)] == ["delivered", "delivered"]


def test_a_message_for_nobody_is_only_recorded(pair: Workshop) -> None:
    """Nothing waits for it anywhere, so it is for the outside."""
    assert pair.engine.correlate(SYSTEM, "unheard", "1") == ()
    assert messages(pair) == [("unheard", "external", None)]


def test_a_message_starts_a_case(workshop: Workshop) -> None:
    """Every process that begins with it; the sender's case is the parent."""
    workshop.publish("P", STARTED)
    workshop.publish("Q", 'start S -> A\nuser A -> T\nend T | message: asked | payload: {"n": n}')
    sender = workshop.do(workshop.start("Q"), n=5)
    started = workshop.only("P")
    assert workshop.data(started) == {"request": {"n": 5}}
    assert (started.parent_id, started.started_by) == (sender.id, "system")


@pytest.mark.parametrize("payload", ["text", "", 0, 5, [], [1, 2], ["ab"], {}, None, {"n": [None]}])
def test_a_payload_may_be_any_json(workshop: Workshop, payload: object) -> None:
    """With a variable it is what came; without one only an object's keys become variables."""
    workshop.publish("P", STARTED)
    workshop.publish("Q", STARTED.replace(" | var: request", ""))
    workshop.engine.correlate(SYSTEM, "asked", None, payload)
    assert workshop.data(workshop.only("P")) == {"request": {} if payload is None else payload}
    assert workshop.data(workshop.only("Q")) == (payload if isinstance(payload, dict) else {})
    assert all(v.ok for v in workshop.engine.verify_all(SYSTEM))


def held(pair: Workshop) -> Case:
    """A case that waits for the message and is held by what fails beside."""
    text = WAITER.replace("user A -> C", "user A -> F\nand F -> C / X\nuser X -> Z")
    pair.publish("P", text.replace("end E", "script Z | do: y = 1 / z -> E\nend E"))
    case = pair.do(pair.start("P"), number=1)
    assert pair.do(case, "X", z=0).state == "failed"
    return case


def test_a_message_goes_past_a_held_case_and_comes_back(pair: Workshop) -> None:
    """What arrives while the case is held is kept, and is there when it goes on."""
    case = held(pair)
    assert pair.engine.correlate(SYSTEM, "answered", "1", {"text": "kept"}) == ()
    pair.engine.correct(SYSTEM, case.id, {"z": 1}, "was zero")
    pair.engine.retry(SYSTEM, case.id)
    assert pair.data(case)["answer"] == {"text": "kept"}


def test_a_message_sent_twice_with_one_key_is_one_message(pair: Workshop) -> None:
    """Same answer; other content under the key is refused."""
    case = pair.do(pair.start("P"), number=1)
    answers = [pair.engine.correlate(SYSTEM, "answered", "1", {"text": "x"}, key="k") for _ in range(3)]
    assert [[c.id for c in answer] for answer in answers] == [[case.id]] * 3
    assert len(messages(pair)) == 1
    with pytest.raises(KeyReused):
        pair.engine.correlate(SYSTEM, "answered", "2", {"text": "x"}, key="k")


@contextmanager
def lost_power(workshop: Workshop) -> Iterator[None]:
    """The server dies after the commit and before it delivers."""

    def dies(_ids: object) -> None:
        raise SystemExit

    workshop.engine._deliver = dies  # type: ignore[method-assign]
    with pytest.raises(SystemExit):
        yield
    workshop.reopen()


def test_a_message_survives_the_death_of_the_server(pair: Workshop) -> None:
    """It is in the sender's commit, and is delivered once after the next start, however often that is."""
    waiting = pair.do(pair.start("P"), number=1)
    sender = pair.start("Q")
    with lost_power(pair):
        pair.do(sender, number=1, text="kept")
    assert "answer" not in pair.data(waiting)
    for _ in range(3):
        pair.engine.fire_due()
        pair.reopen()
    assert pair.data(waiting)["answer"] == {"text": "kept"}
    assert pair.kinds(waiting).count("message.received") == 1
    assert [t.element for t in pair.open(sender)] == ["B"]


def test_many_senders_at_once_deliver_each_message_once(pair: Workshop) -> None:
    """Ten threads, thirty messages, thirty receivers: every one has one."""
    cases = [pair.do(pair.start("P"), number=n) for n in range(30)]
    errors: list[BaseException] = []

    def send(own: int) -> None:
        try:
            for n in range(own, 30, 10):
                pair.engine.correlate(SYSTEM, "answered", n, {"text": str(n)}, key=f"k{n}")
                pair.engine.correlate(SYSTEM, "answered", n, {"text": str(n)}, key=f"k{n}")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=send, args=(own,)) for own in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    for n, case in enumerate(cases):
        assert pair.data(case)["answer"] == {"text": str(n)}
        assert pair.kinds(case).count("message.received") == 1


def test_processes_that_message_each_other_in_a_circle_come_to_an_end(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    """A chain stops at its limit, is logged, and does not begin again at the next start."""
    workshop.publish("P", "start S | message: go -> E\nend E | message: go")
    workshop.engine.correlate(SYSTEM, "go", None, {})
    assert workshop.engine.cases(SYSTEM).total == CHAIN_LIMIT
    assert "circle" in caplog.text
    workshop.engine.fire_due()
    assert workshop.engine.cases(SYSTEM).total == CHAIN_LIMIT


def test_a_case_may_send_more_messages_than_a_chain_is_long(workshop: Workshop) -> None:
    """The limit counts links, not messages."""
    workshop.publish("P", "start S | message: go -> A\nuser A -> E\nend E")
    workshop.publish(
        "Q",
        """
        start S -> M
        xor M -> T
        send T | message: go | payload: {"n": n} -> X
        script X | do: n = n + 1 -> C
        xor C -> M if n < 150 / E
        end E
    """,
    )
    workshop.start("Q", n=0)
    assert workshop.engine.cases(SYSTEM).total == 151


def test_a_receiver_that_fails_is_held_and_the_sender_is_not(workshop: Workshop) -> None:
    """The message counts as received: the held case keeps it as the command to retry."""
    failing = 'script Z | do: y = 1 / answer["n"] -> B\nuser B'
    workshop.publish("P", WAITER.replace("-> B", "-> Z").replace("user B", failing))
    workshop.publish("Q", SENDER.replace('{"text": text}', '{"n": n}'))
    receiver = workshop.do(workshop.start("P"), number=1)
    sender = workshop.do(workshop.start("Q"), number=1, n=0)
    assert sender.state == "running"
    held = workshop.case(receiver)
    assert (held.state, held.fault and held.fault.element) == ("failed", "Z")
    assert workshop.engine.retry(SYSTEM, receiver.id).state == "failed"


def test_a_start_by_message_that_fails_is_held_from_the_beginning(workshop: Workshop) -> None:
    """The case exists, shows why, and goes on when its data is mended."""
    workshop.publish("P", "start S | message: go -> Z\nscript Z | do: y = 1 / z -> A\nuser A -> E\nend E")
    workshop.engine.correlate(SYSTEM, "go", None, {"z": 0})
    case = workshop.only("P")
    assert (case.state, case.fault and case.fault.element) == ("failed", "Z")
    workshop.engine.correct(SYSTEM, case.id, {"z": 2}, "zero was wrong")
    assert workshop.engine.retry(SYSTEM, case.id).state == "running"
    assert workshop.data(case)["y"] == 0.5
    assert all(v.ok for v in workshop.engine.verify_all(SYSTEM))


@pytest.mark.parametrize("text", [
    "start S | message: m | var: got -> Z\nscript Z | do: y = 1 / got[\"d\"] -> A\nuser A -> E\nend E",
    "start S -> C\ncatch C | message: m | key: 1 | var: got -> Z\nscript Z | do: y = 1 / got[\"d\"] -> A\nuser A -> E\nend E",
])  # fmt: skip
def test_what_a_message_brought_can_be_corrected(workshop: Workshop, text: str) -> None:
    """The case would else be held for ever: a retry brings the same message. The record keeps what really came."""
    workshop.publish("P", text)
    if "key" in text:
        workshop.start()
    workshop.engine.correlate(SYSTEM, "m", 1, {"d": 0})
    case = workshop.only("P")
    assert case.state == "failed"
    workshop.engine.correct(SYSTEM, case.id, {"got": {"d": 4}}, "a slip of the sender")
    assert workshop.engine.retry(SYSTEM, case.id).state == "running"
    assert workshop.data(case) == {"got": {"d": 4}, "y": 0.25}
    inputs = workshop.engine.history(SYSTEM, case.id)[-1].payload["inputs"]
    assert (inputs.get("payload") or inputs.get("data")) == {"d": 0}
    assert workshop.engine.verify(SYSTEM, case.id).ok


COMMANDS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(1, 3)),
        st.tuples(st.just("wait"), st.integers(1, 3)),
        st.tuples(st.just("again"), st.integers(1, 3)),
        st.just(("restart", 0)),
    ),
    max_size=25,
)


@only_sqlite
@given(commands=COMMANDS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_whatever_order_each_message_is_received_once(
    bare: Furnished, tmp_path_factory: pytest.TempPathFactory, commands: list[tuple[str, int]]
) -> None:
    """Sent before or after somebody waits, repeated, across restarts: as many receipts as pairs, each message once."""
    _received_once(bare, tmp_path_factory, commands)


@only_postgresql
@given(commands=COMMANDS)
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_message_is_received_once_on_postgresql(
    bare: Furnished, tmp_path_factory: pytest.TempPathFactory, commands: list[tuple[str, int]]
) -> None:
    """The same, with fewer tries: each copies a database."""
    _received_once(bare, tmp_path_factory, commands)


def _received_once(bare: Furnished, tmp_path_factory: pytest.TempPathFactory, commands: list[tuple[str, int]]) -> None:
    made = opened(bare, tmp_path_factory.mktemp("each"))
    made.publish("P", WAITER)
    sent: dict[int, list[str]] = {1: [], 2: [], 3: []}
    waiting: dict[int, list[str]] = {1: [], 2: [], 3: []}
    for number, (what, key) in enumerate(commands):
        made.clock.advance(timedelta(seconds=1))
        if what == "send":
            made.engine.correlate(SYSTEM, "answered", key, {"n": number}, key=f"m{number}")
            sent[key].append(f"m{number}")
        elif what == "wait":
            waiting[key].append(made.do(made.start("P"), number=key).id)
        elif what == "again" and sent[key]:
            again = sent[key][-1]
            made.engine.correlate(SYSTEM, "answered", key, {"n": int(again[1:])}, key=again)
        elif what == "restart":
            made.reopen()
    for key, cases in waiting.items():
        got = [made.data(made.case(c)).get("answer") for c in cases]
        got = [answer["n"] for answer in got if answer is not None]
        assert len(got) == min(len(sent[key]), len(cases))
        assert got == [int(m[1:]) for m in sent[key]][: len(got)]
    assert all(v.ok for v in made.engine.verify_all(SYSTEM))
    made.engine.close()
    made.database.drop()


ASKER = """
start S -> A
user A -> T
throw T | message: asked | payload: {"n": n} -> W
catch W | message: told | var: answer -> B
user B -> E
end E
"""
TELLER = """
start R | message: asked | var: request -> C
user C -> D
end D | message: told | payload: {"n": request["n"]}
"""


@pytest.fixture
def talk(workshop: Workshop) -> Workshop:
    """Two processes that talk without a key."""
    workshop.publish("P", ASKER)
    workshop.publish("Q", TELLER)
    return workshop


def _tellers(workshop: Workshop) -> list[Case]:
    found = [c for c in workshop.engine.cases(SYSTEM).items if c.process_id == "Q"]
    return sorted(found, key=lambda c: workshop.data(c)["request"]["n"])


def test_without_a_key_an_answer_stays_in_its_conversation(talk: Workshop) -> None:
    """Whoever asked gets the answer, whichever case was started first."""
    asking = [talk.do(talk.start("P"), n=n) for n in (1, 2, 3)]
    for teller in reversed(_tellers(talk)):
        talk.do(teller)
    assert [talk.data(case)["answer"] for case in asking] == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert all(v.ok for v in talk.engine.verify_all(SYSTEM))


def test_an_answer_waits_for_its_own_conversation(talk: Workshop) -> None:
    """Another case that waits does not get it; who asked gets it when it comes to wait."""
    slow = ASKER.replace("throw T", "user X -> W\nthrow T").replace("-> W\ncatch", "-> X\ncatch")
    talk.publish("P", slow)
    one, two = (talk.do(talk.start("P"), "A", n=n) for n in (1, 2))
    talk.do(two, "X")
    talk.do(_tellers(talk)[0])
    assert ("told", "kept", None) in messages(talk)
    assert "answer" not in talk.data(two)
    talk.do(one, "X")
    assert talk.data(one)["answer"] == {"n": 1}


def test_without_a_key_and_a_conversation_nobody_is_guessed(talk: Workshop) -> None:
    """From outside it is refused where two wait; to the only one it goes."""
    one, two = (talk.do(talk.start("P"), n=n) for n in (1, 2))
    with pytest.raises(Conflict, match="Several cases wait for 'told'"):
        talk.engine.correlate(SYSTEM, "told", None, {"n": 0})
    talk.engine.cancel(SYSTEM, two.id, "not needed")
    assert [c.id for c in talk.engine.correlate(SYSTEM, "told", None, {"n": 9})] == [one.id]


@pytest.mark.parametrize("how", ["cancelled", "answered", "ended"])
def test_a_stranger_without_a_key_is_kept_where_two_wait(talk: Workshop, how: str) -> None:
    """A case that has no conversation with them; once it can be meant for one only, it is delivered."""
    one, two = (talk.do(talk.start("P"), n=n) for n in (1, 2))
    talk.publish("X", 'start S -> T\nend T | message: told | payload: {"n": 7}')
    talk.start("X")
    assert [state for name, state, _ in messages(talk) if name == "told"] == ["kept"]
    assert all("answer" not in talk.data(c) for c in (one, two))
    if how == "cancelled":
        talk.engine.cancel(SYSTEM, one.id, "not needed")
    elif how == "answered":
        talk.do(_tellers(talk)[0])
        assert talk.data(one)["answer"] == {"n": 1}
    else:
        talk.do(_tellers(talk)[0])
        talk.do(one, "B")
    assert talk.data(two)["answer"] == {"n": 7}
    assert next(state for name, state, _ in messages(talk) if name == "told") == "delivered"
    assert all(v.ok for v in talk.engine.verify_all(SYSTEM))


class TestExpiry:
    """A message that nobody comes to wait for is kept for a time, and no longer."""

    def _states(self, workshop: Workshop) -> list[str]:
        return [m.state for m in workshop.engine.undelivered(SYSTEM, ("kept", "expired", "delivered"))]

    def test_after_thirty_days_if_nobody_says_otherwise(self, pair: Workshop) -> None:
        """The case that sent it tells so in its history, also when it has ended by then."""
        sender = pair.do(pair.start("Q"), number=1, text="early")
        pair.do(sender)
        (kept,) = pair.engine.undelivered(SYSTEM)
        assert (kept.state, kept.expires_at) == ("kept", START + timedelta(days=30))
        pair.wait(days=29)
        assert self._states(pair) == ["kept"]
        pair.wait(days=1)
        assert self._states(pair) == ["expired"]
        last = pair.engine.history(SYSTEM, sender.id)[-1]
        assert (last.kind, last.actor, last.payload["name"]) == ("message.expired", "system", "answered")
        assert last.payload["message_id"] == kept.id
        assert (
            pair.engine.steps(SYSTEM, sender.id)[-1].title == "Message expired, nobody waited for it in time: answered"
        )
        assert all(v.ok for v in pair.engine.verify_all(SYSTEM))

    def test_who_comes_too_late_gets_nothing(self, pair: Workshop) -> None:
        """What has expired is not delivered; a newer one is."""
        pair.do(pair.start("Q"), number=1, text="early")
        pair.wait(days=31)
        late = pair.do(pair.start("P"), number=1)
        assert "answer" not in pair.data(late)
        pair.engine.correlate(SYSTEM, "answered", "1", {"text": "new"})
        assert pair.data(late)["answer"] == {"text": "new"}

    @pytest.mark.parametrize("written", ["PT2H", '"PT2H"', "text", '"PT" + text(hours) + "H"'])
    def test_a_message_may_say_how_long(self, pair: Workshop, written: str) -> None:
        """Plain, quoted, or computed; recorded with what was thrown."""
        if written == "text":
            pair.publish("Q", SENDER.replace('{"text": text}', '{"text": text} | live: text'))
            sender = pair.do(pair.start("Q"), number=1, text="PT2H")
        else:
            pair.publish("Q", SENDER.replace('{"text": text}', f'{{"text": 1}} | live: {written}'))
            sender = pair.do(pair.start("Q"), number=1, hours=2)
        (thrown,) = pair.engine.history(SYSTEM, sender.id)[-1].payload["effects"]["thrown"]
        assert thrown["time_to_live"] == "PT2H"
        pair.wait(hours=1, minutes=59)
        assert self._states(pair) == ["kept"]
        pair.wait(minutes=1)
        assert self._states(pair) == ["expired"]
        assert pair.engine.verify(SYSTEM, sender.id).ok

    def test_one_from_outside_too(self, pair: Workshop) -> None:
        """Its end stands in the history of messages, which no case has sent."""
        pair.engine.correlate(SYSTEM, "answered", "1", {}, time_to_live="PT1M")
        with pytest.raises(TimeInvalid):
            pair.engine.correlate(SYSTEM, "answered", "1", {}, time_to_live="soon")
        pair.wait(minutes=1)
        with pair.engine.read() as tx:
            (event,) = log.read(tx, "messages")
        assert (event.kind, event.payload["key"]) == ("message.expired", "1")

    def test_the_alarm_knows_of_it(self, pair: Workshop) -> None:
        """The next thing that is due may be the end of a message."""
        pair.engine.correlate(SYSTEM, "answered", "1", {}, time_to_live="P1D")
        assert pair.engine.next_due() == START + timedelta(days=1)

    @pytest.mark.parametrize("live", ["PT1H", "P0D"])
    def test_what_a_held_case_waits_for_is_kept_until_it_goes_on(self, pair: Workshop, live: str) -> None:
        """However long it takes until somebody retries it, and however short a time the sender gave."""
        case = held(pair)
        pair.engine.correlate(SYSTEM, "answered", "1", {"text": "kept"}, time_to_live=live)
        for _ in range(100):
            pair.wait(days=1)
        assert self._states(pair) == ["kept"]
        due = pair.engine.next_due()
        assert due is not None
        assert pair.clock.now() < due <= pair.clock.now() + timedelta(days=1)
        pair.engine.correct(SYSTEM, case.id, {"z": 1}, "was zero")
        pair.engine.retry(SYSTEM, case.id)
        assert pair.data(case)["answer"] == {"text": "kept"}

    def test_it_ends_when_that_case_is_cancelled(self, pair: Workshop) -> None:
        """Nobody waits for it any more."""
        case = held(pair)
        pair.engine.correlate(SYSTEM, "answered", "1", {}, time_to_live="PT1H")
        pair.wait(days=10)
        pair.engine.cancel(SYSTEM, case.id, "Not needed.")
        pair.wait(days=1)
        assert self._states(pair) == ["expired"]

    def test_a_time_of_nothing_is_for_who_waits_now(self, pair: Workshop) -> None:
        """Such a message is an answer that need not be awaited: nobody misses it and it is not kept."""
        pair.publish("Q", SENDER.replace('{"text": text}', '{"text": text} | live: P0D'))
        sender = pair.do(pair.start("Q"), number=1, text="to nobody")
        assert pair.engine.undelivered(SYSTEM) == ()
        assert messages(pair) == [("answered", "external", None)]
        waiting = pair.do(pair.start("P"), number=1)
        assert "answer" not in pair.data(waiting)
        pair.do(pair.start("Q"), number=1, text="to you")
        assert pair.data(waiting)["answer"] == {"text": "to you"}
        assert "message.expired" not in pair.kinds(sender)
        assert all(v.ok for v in pair.engine.verify_all(SYSTEM))

    def test_a_faulty_time_to_live_holds_the_case(self, pair: Workshop) -> None:
        """With the element and what it gave."""
        pair.publish("Q", SENDER.replace('{"text": text}', '{"text": text} | live: text'))
        case = pair.do(pair.start("Q"), number=1, text="soon")
        assert case.state == "failed"
        assert pair.case(case).fault.element == "T"

    def test_it_is_checked_before_it_is_published(self, pair: Workshop) -> None:
        """As timers are."""
        for written, rule in (("PT", "message-time-to-live"), ("1 +", "message-time-to-live")):
            xml = diagram("Q", SENDER.replace('{"text": text}', f'{{"text": text}} | live: {written}'))
            assert rule in {f.rule for f in pair.engine.validate(xml, "q.bpmn") if f.severity == "error"}


def test_a_key_may_be_as_long_as_it_likes(pair: Workshop) -> None:
    """On either database; a title and a business key too."""
    long = "k" * 1_000
    waiting = pair.do(pair.start("P"), number=long)
    pair.do(pair.start("Q"), number=long, text="hello")
    assert pair.data(waiting)["answer"] == {"text": "hello"}

# SPDX-License-Identifier: Apache-2.0
"""Random processes in which things can be undone, and what BPMN says comes of it: each once, the last first."""

from __future__ import annotations

from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.scripts import ScriptRunner
from tests.engine.bpmn.fragments import written

Block = tuple[Any, ...]
#: (kind, can it be undone by itself, …): a script; a subprocess; several turns of one.
ACTIVITIES = st.tuples(st.just("act"), st.booleans())


def _grown(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda found: ("seq", False, *found)),
        st.tuples(st.just("sub"), st.booleans(), inner),
        st.tuples(st.just("turns"), st.booleans(), st.sampled_from(["standard", "sequential"]), inner),
    )


BLOCKS = st.recursive(ACTIVITIES, _grown, max_leaves=7).map(lambda block: ("seq", False, ("act", True), block))


def numbered(block: Block, numbers: Any) -> Block:
    return (block[0], next(numbers), *(numbered(p, numbers) if isinstance(p, tuple) else p for p in block[1:]))


def note(name: str, items: tuple[str, ...]) -> str:
    """A script that writes down its name and the items of the turns around it."""
    return f"<script>log = log + [[{', '.join([repr(name), *items]).replace(chr(39), chr(34))}]]</script>"


def draw(block: Block, before: str, items: tuple[str, ...]) -> tuple[str, str]:
    """(the XML of a block behind ``before``, the id of its last element)."""
    kind, n, undone, *parts = block
    if kind == "seq":
        text = ""
        for part in parts:
            more, before = draw(part, before, items)
            text += more
        return text, before
    own = f"{kind}{n}"
    if kind == "act":
        text = f'<scriptTask id="{own}">{note(own, items)}</scriptTask>\n{before} -> {own}\n'
    else:
        loop, within = "", items
        if kind == "turns" and parts[0] == "standard":
            loop = '<standardLoopCharacteristics loopMaximum="2"/>'
        elif kind == "turns":
            loop = f'<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality><inputDataItem name="i{n}"/></multiInstanceLoopCharacteristics>'
            within = (*items, f"i{n}")
        inside, last = draw(parts[-1], f"{own}S", within)
        inside = f'<startEvent id="{own}S"/>{inside}<endEvent id="{own}E"/>\n{last} -> {own}E\n'
        text = f'<subProcess id="{own}">{loop}{inside}</subProcess>\n{before} -> {own}\n'
        items = within
    if undone:
        text += f'<boundaryEvent id="{own}B" attachedToRef="{own}"><compensateEventDefinition/></boundaryEvent>'
        text += f'<scriptTask id="{own}U" isForCompensation="true">{note(own + "U", items)}</scriptTask>'
        text += f'<association id="{own}As" sourceRef="{own}B" targetRef="{own}U"/>'
    return text, own


def forward(block: Block, items: tuple[int, ...] = ()) -> list[list[Any]]:
    kind, n, _, *parts = block
    if kind == "act":
        return [[f"act{n}", *items]]
    turns = [items] if kind != "turns" else [items] * 2 if parts[0] == "standard" else [(*items, 1), (*items, 2)]
    inner = [p for p in parts if isinstance(p, tuple)]
    return [entry for turn in turns for part in inner for entry in forward(part, turn)]


def backward(block: Block, items: tuple[int, ...] = ()) -> list[list[Any]]:
    kind, n, undone, *parts = block
    turns = [items]
    if kind == "turns":
        turns = [items] * 2 if parts[0] == "standard" else [(*items, 2), (*items, 1)]
    if undone:
        return [[f"{kind}{n}U", *turn] for turn in turns]
    inner = [p for p in parts if isinstance(p, tuple)][::-1]
    return [entry for turn in turns for part in inner for entry in backward(part, turn)]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_everything_is_undone_once_and_the_last_first(scripts: ScriptRunner, data: st.DataObject) -> None:
    """By a thrown compensation; a second one finds nothing left."""
    block = numbered(data.draw(BLOCKS), count(1))
    text, last = draw(block, "S", ())
    throw = "<compensateEventDefinition/>"
    case = written(f"""<startEvent id="S"/>{text}<intermediateThrowEvent id="T1">{throw}</intermediateThrowEvent>
        <intermediateThrowEvent id="T2">{throw}</intermediateThrowEvent><endEvent id="E"/>
        {last} -> T1
        T1 -> T2
        T2 -> E
    """).play(scripts).start(log=[])  # fmt: skip
    assert case.outcome.completed
    assert case.variables["log"] == forward(block) + backward(block)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_cancelled_transaction_undoes_the_same(scripts: ScriptRunner, data: st.DataObject) -> None:
    """Whatever has been done in it."""
    block = numbered(data.draw(BLOCKS), count(1))
    text, last = draw(block, "tS", ())
    case = written(f"""<startEvent id="S"/><transaction id="Tx"><startEvent id="tS"/>{text}
        <endEvent id="tE"><cancelEventDefinition/></endEvent>
        {last} -> tE
        </transaction><boundaryEvent id="C" attachedToRef="Tx"><cancelEventDefinition/></boundaryEvent><endEvent id="E"/><endEvent id="E2"/>
        S -> Tx
        Tx -> E
        C -> E2
    """).play(scripts).start(log=[])  # fmt: skip
    assert case.outcome.end_event == "E2"
    assert case.variables["log"] == forward(block) + backward(block)

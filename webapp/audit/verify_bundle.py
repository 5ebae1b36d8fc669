# SPDX-License-Identifier: Apache-2.0
"""Verify the evidence of one case (a file from `fitsm export`) without FitSM Flow and without trusting who made it.

    python3 verify_bundle.py evidence.zip --trust-key key.txt --last-head head.note

Needs Python 3.9 or newer and the package `cryptography`; imports nothing else. Exit status 0: every check passed; 1: one
failed or the file cannot be read; 2: wrong usage. Each check is told in plain words, and so is what no check can show.

--trust-key  the public key as you got it by a way of your own (one line, `name+id+key`); may be given several times
--last-head  the newest signed head that you hold from earlier; the log must continue it, and a smaller one is refused
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "fitsm-flow-evidence/1"
SUFFIXES = {"decisions": ".dmn", "calendars": ".json"}
EVENT_FIELDS = {"stream", "seq", "at", "actor", "on_behalf_of", "kind", "payload", "prev"}
LEAF_FIELDS = {"stream", "seq", "hash", "at"}
LARGEST = 2_000_000_000  #: bytes in a bundle, unpacked
SLACK = timedelta(minutes=2)  #: an event may be dated so long before a head that does not hold it yet
DIGEST = re.compile(r"[0-9a-f]{64}")
SIZE = re.compile(r"[0-9]{1,18}")
#: What a bundle may hold besides the files that its manifests name.
KNOWN = {"README.txt", "case.json", "events.jsonl", "head.note", "key.txt", "inclusion.json", "since.json", "log.jsonl"}
T = TypeVar("T")


class Bad(Exception):
    """A check failed; the text says which and where."""


class Report:
    """What was found, told at once."""

    def __init__(self) -> None:
        self.failed = 0
        self.unproven: list[str] = []

    def passed(self, text: str) -> None:
        self._say("ok    ", text)

    def fail(self, text: str) -> None:
        self.failed += 1
        self._say("FAILED", text)

    def not_proven(self, text: str) -> None:
        self.unproven.append(text)

    def end(self) -> int:
        sys.stdout.write("\nNot proven by this file:\n")
        for text in self.unproven:
            self._say("  -", text)
        how_many = f"{self.failed} check{'s' if self.failed != 1 else ''} failed. Do not rely on this evidence."
        sys.stdout.write(f"\n{how_many if self.failed else 'All checks passed.'}\n")
        return 1 if self.failed else 0

    @staticmethod
    def _say(mark: str, text: str) -> None:
        sys.stdout.write(f"{mark} {text}\n")


class Event(NamedTuple):
    seq: int
    at: datetime
    hash: str
    payload: dict[str, Any]


class Leaf(NamedTuple):
    number: int
    stream: str
    seq: int
    hash: str
    data: bytes


class Head(NamedTuple):
    size: int
    root: bytes
    at: datetime
    key_id: bytes
    signature: bytes
    body: bytes


class Bundle(NamedTuple):
    files: dict[str, bytes]
    case: str
    events: list[Event]


# --- reading -------------------------------------------------------------------------------------------------------


def unpack(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()
            if len(set(names)) != len(names):
                raise Bad("The file holds two entries of the same name.")
            for name in names:
                if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
                    raise Bad(f"The name {name[:80]!r} in the file would lead out of its folder: do not unpack it.")
            if sum(entry.file_size for entry in packed.infolist()) > LARGEST:
                raise Bad("The file is larger unpacked than any evidence should be.")
            return {name: packed.read(name) for name in names}
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise Bad(f"{path} cannot be read as a bundle: {error}") from error
    except Exception as error:  # a damaged file makes zlib and zipfile raise much
        if isinstance(error, Bad):
            raise
        raise Bad(f"{path} is damaged: {error}") from error


def part(files: dict[str, bytes], name: str) -> bytes:
    if name not in files:
        raise Bad(f"The bundle lacks {name}.")
    return files[name]


def parse(data: bytes, where: str) -> Any:
    """JSON in which no name stands twice, so that it cannot be read in two ways."""
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Bad(f"{where} is no JSON: {error}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def moment(text: Any, where: str) -> datetime:
    try:
        when = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise Bad(f"{where} has no date and time that can be read.") from error
    if when.tzinfo is None:
        raise Bad(f"{where} has a time without a zone.")
    return when


def fields(value: Any, wanted: set[str], where: str) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) != wanted:
        raise Bad(f"{where} does not have the fields it must have.")
    return value


def read_head(data: bytes, where: str) -> Head:
    """A signed head: name, leaves, root, moment, and below an empty line the signature (others may follow it)."""
    try:
        body, signatures = data.decode("utf-8").split("\n\n")
        name, size, root, at = body.split("\n")
        mark, signer, signed = signatures.split("\n")[0].split(" ")
        raw, top = unbase64(signed), unbase64(root)
        if (mark, signer) != ("—", name) or len(raw) != 68 or not at.startswith("at ") or not SIZE.fullmatch(size):
            raise ValueError("not a head")
    except (ValueError, IndexError) as error:
        raise Bad(f"{where} is no signed head.") from error
    return Head(int(size), top, moment(at[3:], where), raw[:4], raw[4:], (body + "\n").encode())


def unbase64(text: str) -> bytes:
    """Strict: one text for each value."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not written as base64 is")
    return raw


def read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Bad(f"{path} cannot be read: {error.strerror}.") from error


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- the Merkle tree of RFC 6962 -----------------------------------------------------------------------------------


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: list[bytes]) -> bytes:
    """The root over leaf hashes: whole subtrees from the left, folded from the right."""
    stack: list[tuple[int, bytes]] = []
    for own in hashes:
        level = 0
        while stack and stack[-1][0] == level:
            own = node_hash(stack.pop()[1], own)
            level += 1
        stack.append((level, own))
    if not stack:
        return hashlib.sha256().digest()
    top = stack.pop()[1]
    while stack:
        top = node_hash(stack.pop()[1], top)
    return top


def path_of(value: Any, where: str) -> list[bytes]:
    if not isinstance(value, list) or not all(isinstance(h, str) and DIGEST.fullmatch(h) for h in value):
        raise Bad(f"{where} has no list of hashes as its path.")
    return [bytes.fromhex(h) for h in value]


def is_included(top: bytes, size: int, index: int, leaf: bytes, path: list[bytes]) -> bool:
    """RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    own, last = index, size - 1
    for other in path:
        if last == 0:
            return False
        if own & 1 or own == last:
            leaf = node_hash(other, leaf)
            while own and not own & 1:
                own, last = own >> 1, last >> 1
        else:
            leaf = node_hash(leaf, other)
        own, last = own >> 1, last >> 1
    return last == 0 and leaf == top


def is_continued(old_top: bytes, old: int, new_top: bytes, new: int, path: list[bytes]) -> bool:
    """RFC 9162, section 2.1.4.2."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_top == new_top
    steps = [old_top, *path] if old & (old - 1) == 0 else path
    if not steps:
        return False
    own, last = old - 1, new - 1
    while own & 1:
        own, last = own >> 1, last >> 1
    first = second = steps[0]
    for other in steps[1:]:
        if last == 0:
            return False
        if own & 1 or own == last:
            first, second = node_hash(other, first), node_hash(other, second)
            while own and not own & 1:
                own, last = own >> 1, last >> 1
        else:
            second = node_hash(second, other)
        own, last = own >> 1, last >> 1
    return last == 0 and first == old_top and second == new_top


# --- the checks ----------------------------------------------------------------------------------------------------


def check_chain(files: dict[str, bytes], report: Report) -> Bundle:
    """Every event's hash follows from its content and from the event before it."""
    about = parse(part(files, "case.json"), "case.json")
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise Bad(f"This is not evidence in the format {FORMAT}.")
    case = str(about["case"]["id"])
    events, prev = [], "0" * 64
    lines = part(files, "events.jsonl").split(b"\n")
    if lines.pop() != b"":
        raise Bad("events.jsonl ends in the middle of an event.")
    for number, line in enumerate(lines, 1):
        where = f"Event {number}"
        body = fields(parse(line, where), EVENT_FIELDS, where)
        if body["stream"] != case:
            raise Bad(f"{where} belongs to another case.")
        if body["seq"] != number:
            raise Bad(f"{where} is missing or out of its order: event {body['seq']} stands in its place.")
        if body["prev"] != prev:
            raise Bad(f"{where} does not follow from the event before it: one of the two was altered.")
        prev = sha256(line)
        events.append(Event(number, moment(body["at"], where), prev, body["payload"]))
    if len(events) != about["events"] or not events:
        raise Bad(f"There are {len(events)} events, but {about['events']} were written down.")
    if events[-1].hash != about["last"]:
        raise Bad(f"Event {len(events)} is not the one that was recorded last: it was altered.")
    report.passed(f"Chain: the {len(events)} events of case {case} follow from each other without a gap.")
    return Bundle(files, case, events)


def check_definitions(bundle: Bundle, report: Report) -> None:
    """The diagrams, tables, forms, calendars and files that were handed in are those that the events name by their digest."""
    digests = recorded_digests(bundle.events)
    if not digests:
        raise Bad("No event says on which definition the case ran.")
    count, vouched = 0, set(KNOWN)
    for digest in digests:
        vouched.add(f"definitions/{digest}/manifest.json")
        manifest = part(bundle.files, f"definitions/{digest}/manifest.json")
        if sha256(manifest) != digest:
            raise Bad(f"The manifest of definition {digest[:12]}… is not the one that the events name.")
        for kind, listed in parse(manifest, "manifest.json").items():
            for name, wanted in listed.items() if isinstance(listed, dict) else ():
                path = f"definitions/{digest}/{kind}/{name}{SUFFIXES.get(kind, '')}"
                if sha256(part(bundle.files, path)) != wanted:
                    raise Bad(f"{path} is not the file that the case ran on.")
                vouched.add(path)
                count += 1
    for digest in recorded_files(bundle.events):
        vouched.add(f"files/{digest}")
        if sha256(part(bundle.files, f"files/{digest}")) != digest:
            raise Bad(f"files/{digest} is not the file that was handed in.")
    for name in sorted(bundle.files.keys() - vouched):
        raise Bad(f"{name[:200]} is in the file, and no event and no manifest names it.")
    report.passed(f"Definitions: the {count} files are those on which the case ran, by their content.")


def recorded_digests(events: list[Event]) -> list[str]:
    found: dict[str, None] = {}
    for event in events:
        inputs = event.payload.get("inputs")
        for digest in (inputs.get("digest") if isinstance(inputs, dict) else None, event.payload.get("to")):
            if isinstance(digest, str) and DIGEST.fullmatch(digest):
                found[digest] = None
    return list(found)


def recorded_files(events: list[Event]) -> list[str]:
    """The SHA-256 of each file that somebody handed in."""
    left, found = [each.payload["inputs"].get("data") for each in events if "inputs" in each.payload], []
    for one in left:  # which grows meanwhile
        if isinstance(one, dict) and set(one) == {"name", "size", "sha256"} and DIGEST.fullmatch(str(one["sha256"])):
            found.append(str(one["sha256"]))
        elif isinstance(one, (dict, list)):
            left.extend(one.values() if isinstance(one, dict) else one)
    return found


def check_signature(head: Head, keys: list[str], where: str) -> str:
    """The key line whose key signed the head."""
    for line in keys:
        name, key_id, raw = split_key(line)
        if key_id == head.key_id and head.body.split(b"\n")[0] == name.encode():
            try:
                Ed25519PublicKey.from_public_bytes(raw).verify(head.signature, head.body)
            except (InvalidSignature, ValueError) as error:
                raise Bad(f"The signature of {where} is wrong: it was altered or signed by somebody else.") from error
            return line
    raise Bad(f"{where} is signed with another key ({head.key_id.hex()}) than the given ones.")


def split_key(line: str) -> tuple[str, bytes, bytes]:
    """Name, id and the 32 bytes of a public key line; the id must follow from the other two."""
    try:
        name, key_id, text = line.strip().split("+", 2)
        raw = unbase64(text)
    except ValueError as error:
        raise Bad(f"'{line[:60]}' is no public key line (name+id+key).") from error
    wanted = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if len(raw) != 33 or raw[:1] != b"\x01" or wanted.hex() != key_id:
        raise Bad(f"The public key line of '{name[:60]}' is damaged.")
    return name, wanted, raw[1:]


def check_head(bundle: Bundle, trusted: list[str], report: Report) -> Head:
    """The head is signed, with a key that is trusted."""
    head = read_head(part(bundle.files, "head.note"), "The bundle's head")
    own = part(bundle.files, "key.txt").decode("utf-8", "replace").strip()
    key = check_signature(head, trusted or [own], "the bundle's head")
    told = f"of {head.size} leaves, made {head.at:%Y-%m-%d %H:%M:%S %Z}, key {head.key_id.hex()}"
    report.passed(f"Signature: the head {told}, is signed with {'a key you trust' if trusted else 'the enclosed key'}.")
    if not trusted:
        report.not_proven(
            f"Whose key signed it. Compare this line with the one you got by another way (--trust-key): {key}"
        )
    return head


def read_leaf(data: bytes, number: int) -> Leaf:
    where = f"Leaf {number}"
    body = fields(parse(data, where), LEAF_FIELDS, where)
    moment(body["at"], where)
    if not isinstance(body["seq"], int) or not isinstance(body["stream"], str):
        raise Bad(f"{where} does not have the fields it must have.")
    return Leaf(number, body["stream"], body["seq"], str(body["hash"]), data)


def proven_leaf(value: Any, top: bytes, size: int, where: str) -> Leaf:
    """The leaf of an inclusion proof, shown to be in the tree."""
    proof = fields(value, {"leaf", "number", "size", "path"}, where)
    if not isinstance(proof["number"], int) or not isinstance(proof["leaf"], str) or proof["size"] != size:
        raise Bad(f"{where} is not for the tree of {size} leaves.")
    leaf = read_leaf(proof["leaf"].encode(), proof["number"])
    if not is_included(top, size, leaf.number, leaf_hash(leaf.data), path_of(proof["path"], where)):
        raise Bad(f"{where} does not lead to the root of the tree of {size} leaves.")
    return leaf


def holds(bundle: Bundle, leaf: Leaf) -> None:
    """The events hold what the leaf sealed."""
    if leaf.stream != bundle.case:
        raise Bad(f"Leaf {leaf.number} seals another case ({leaf.stream}).")
    if not 1 <= leaf.seq <= len(bundle.events):
        raise Bad(f"Event {leaf.seq} was sealed and is missing: the history was cut short.")
    if bundle.events[leaf.seq - 1].hash != leaf.hash:
        raise Bad(f"Event {leaf.seq} is not the one that was sealed: it or one before it was altered.")


def check_inclusion(bundle: Bundle, head: Head, report: Report) -> None:
    """The case's last sealed event is in the signed tree."""
    proof = parse(part(bundle.files, "inclusion.json"), "inclusion.json")
    leaf = proven_leaf(proof, head.root, head.size, "inclusion.json")
    holds(bundle, leaf)
    report.passed(f"Inclusion: events 1 to {leaf.seq} are sealed in that head (leaf {leaf.number}).")
    open_events = len(bundle.events) - leaf.seq
    if open_events:
        report.not_proven(f"The last {open_events} events, from {leaf.seq + 1} on: they happened after the last seal.")


def check_log(bundle: Bundle, head: Head, report: Report) -> list[Leaf] | None:
    """All leaves lead to the root, never go back, and those of the case are held by its events."""
    if "log.jsonl" not in bundle.files:
        report.not_proven(
            "That this is the case's latest state and that no earlier seal contradicts it: the log is not enclosed. "
            "Ask for an export with the log."
        )
        return None
    lines = bundle.files["log.jsonl"].split(b"\n")[:-1]
    leaves = [read_leaf(line, number) for number, line in enumerate(lines)]
    if len(leaves) != head.size or root_of([leaf_hash(leaf.data) for leaf in leaves]) != head.root:
        raise Bad("log.jsonl is not the log that the head signs: leaves were altered, dropped or exchanged.")
    reached: dict[str, int] = {}
    for leaf in leaves:
        if leaf.seq <= reached.get(leaf.stream, 0):
            raise Bad(f"The log goes back: leaf {leaf.number} seals events of {leaf.stream} a second time.")
        reached[leaf.stream] = leaf.seq
        if leaf.stream == bundle.case:
            holds(bundle, leaf)
    report.passed(f"Log: its {len(leaves)} leaves lead to the signed root, and none contradicts the case.")
    return leaves


def check_last_head(
    bundle: Bundle, head: Head, held: Head, leaves: list[Leaf] | None, proof: bytes | None, report: Report
) -> None:
    """The signed log continues the one whose head the verifier holds, and what that held of the case is still so."""
    if head.size < held.size:
        raise Bad(
            f"You hold a head of {held.size} leaves; this one has only {head.size}. "
            "The log was rolled back, or the evidence is older than your head."
        )
    if leaves is not None:
        continued = root_of([leaf_hash(leaf.data) for leaf in leaves[: held.size]]) == held.root
        mine = [leaf for leaf in leaves[: held.size] if leaf.stream == bundle.case]
        covered: int | None = mine[-1].seq if mine else 0
    else:
        continued = head.size == held.size and head.root == held.root
        continued = continued or _proven(bundle, head, held, proof)
        covered = _covered(bundle, held)
    if not continued:
        raise Bad(
            f"The log does not continue the head of {held.size} leaves that you hold: "
            "what was sealed then has been altered, dropped or reordered since."
        )
    for event in bundle.events[covered or 0 :] if covered is not None else ():
        if event.at < held.at - SLACK:
            raise Bad(
                f"Event {event.seq} is dated {event.at}, before the head you hold, but that head does not hold it."
            )
    sealed = f"; it held events 1 to {covered} as they are here" if covered else ""
    report.passed(f"Consistency: the log continues the head of {held.size} leaves that you hold{sealed}.")
    if covered is None:
        report.not_proven("What your head held of this case. Ask for an export with the log, or with --since-head.")


def _proven(bundle: Bundle, head: Head, held: Head, given: bytes | None) -> bool:
    """Whether a consistency proof, given or enclosed, leads from the held head to this one."""
    data = given or bundle.files.get("since.json")
    if data is None:
        raise Bad(
            f"Nothing here shows that the log continues the head of {held.size} leaves that you hold. "
            f"Ask for: fitsm export --since-head {held.size}, or fitsm consistency --from {held.size} (--consistency)."
        )
    proof = parse(data, "The consistency proof")
    if not isinstance(proof, dict) or (proof.get("old_size"), proof.get("new_size")) != (held.size, head.size):
        raise Bad(f"The consistency proof is not from {held.size} to {head.size} leaves.")
    return is_continued(held.root, held.size, head.root, head.size, path_of(proof.get("path"), "The proof"))


def _covered(bundle: Bundle, held: Head) -> int | None:
    """Up to which event the held head holds the case, as far as the bundle shows it; None: it does not show it."""
    since = parse(bundle.files["since.json"], "since.json") if "since.json" in bundle.files else {}
    if since.get("old_size") != held.size:
        return None
    if since.get("inclusion") is None:
        return 0
    leaf = proven_leaf(since["inclusion"], held.root, held.size, "since.json")
    holds(bundle, leaf)
    return leaf.seq


# --- all together --------------------------------------------------------------------------------------------------


def verify(options: argparse.Namespace, report: Report) -> Head | None:
    """Run every check that can be run; the bundle's head if it is signed rightly."""
    trusted = [read_file(path).decode("utf-8", "replace").strip() for path in options.trust_key]
    held = read_head(read_file(options.last_head), str(options.last_head)) if options.last_head else None
    proof = read_file(options.consistency) if options.consistency else None
    bundle = check_chain(unpack(options.bundle), report)
    attempt(report, lambda: check_definitions(bundle, report))
    head = attempt(report, lambda: check_head(bundle, trusted, report))
    if head is None:
        return None
    attempt(report, lambda: check_inclusion(bundle, head, report))
    before = report.failed
    leaves = attempt(report, lambda: check_log(bundle, head, report))
    if held is not None and report.failed == before:
        keys = trusted or [part(bundle.files, "key.txt").decode("utf-8", "replace").strip()]
        attempt(report, lambda: check_signature(held, keys, "the head you hold"))
        attempt(report, lambda: check_last_head(bundle, head, held, leaves, proof, report))
    elif held is None:
        report.not_proven(
            "That nobody rewrote the past before signing: whoever has the key (or stole it) can write a whole new "
            "history and sign it, and this file would look the same. Only a head that you hold from earlier shows "
            "that (--last-head). Keep this one."
        )
    return head


def attempt(report: Report, check: Callable[[], T]) -> T | None:
    """The check's answer; None if it failed, which is told."""
    try:
        return check()
    except Bad as error:
        report.fail(str(error))
    except (KeyError, TypeError, AttributeError, IndexError, UnicodeDecodeError) as error:
        report.fail(f"The bundle is not built as it must be ({type(error).__name__}: {error}).")
    return None


def always_unproven(held: Head | None, report: Report) -> None:
    if held is not None:
        report.not_proven(
            f"What happened after the head you hold ({held.at:%Y-%m-%d %H:%M %Z}): with the key, that part could have "
            "been rewritten. Keep the new head."
        )
    report.not_proven("That what people entered is true, and that who was signed in is who sat there.")
    report.not_proven("That the recorded actions lead to the recorded results: `fitsm replay` runs them again.")
    report.not_proven("What case.json says beyond its events (title, state): read the events.")


def save_head(options: argparse.Namespace) -> None:
    try:
        options.save_head.write_bytes(unpack(options.bundle)["head.note"])
    except OSError as error:
        raise Bad(f"The head cannot be kept in {options.save_head}: {error.strerror}.") from error


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="verify_bundle.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bundle", type=Path, help="the evidence, a .zip file")
    parser.add_argument("--trust-key", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--last-head", type=Path, metavar="FILE")
    parser.add_argument("--consistency", type=Path, metavar="FILE", help="the output of `fitsm consistency`")
    parser.add_argument(
        "--save-head", type=Path, metavar="FILE", help="if all is well, keep the head here for next time"
    )
    options = parser.parse_args(arguments)
    report = Report()
    attempt(report, lambda: verify(options, report))
    held = attempt(report, lambda: read_head(read_file(options.last_head), "")) if options.last_head else None
    always_unproven(held, report)
    if options.save_head and not report.failed:
        attempt(report, lambda: save_head(options))
    return report.end()


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Sealing histories, and giving away what proves them: heads, proofs, evidence of a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import witness
from engine.config import Sealing
from engine.errors import Conflict, SealBroken
from engine.facade.core import Core
from engine.history import bundle, keys, notes, seal
from engine.sealing import Sealer
from engine.store import seals as store
from engine.store.transaction import Tx
from engine.values import SYSTEM, Actor, ConsistencyProof, InclusionProof, SealVerdict, TreeHead


class SealsFacade(Core):
    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._compared = False
        self._sealer = Sealer(lambda: self.seal(SYSTEM), self._pending, self.clock)

    def close(self) -> None:
        self._sealer.stop()
        super().close()

    # --- sealing -----------------------------------------------------------------------------------------------

    def start_sealing(self) -> None:
        """Seal by itself, as configured; does nothing when no sealing is configured."""
        if self.config.sealing is not None:
            self._sealer.start(self.config.sealing)

    def stop_sealing(self) -> None:
        self._sealer.stop()

    def seal(self, actor: Actor) -> TreeHead | None:
        """Seal every stream with new events; the new signed head, or None when there was nothing new.

        Raises:
            KeyUnusable: the private key is missing, open to others or damaged.
            SealBroken: a sealed event is gone or altered (its stream was left out, the others are sealed); or the
                witness folder holds a head that this database does not lead to, and nothing was sealed.
        """
        plan = self._sealing()
        with self.write() as tx:
            self._require(tx, actor, "system.look")
            store.lock(tx.connection)  # before looking whether there is a key: another process may be making it
            self._check_witness(tx, plan)
            outcome = seal.seal(tx, self._key(tx, plan), everything=not self._compared)
        self._compared = True
        self._deliver_heads(plan)
        if outcome.broken:
            named = ", ".join(outcome.broken[:5]) + (" …" if len(outcome.broken) > 5 else "")
            hint = "Nothing new was sealed of it. See: fitsm verify --all"
            raise SealBroken(f"The history no longer holds what was sealed of {named}.", hint=hint)
        return outcome.head

    def make_seal_key(self, actor: Actor) -> str:
        """Make the private key file; returns the public key as a verifier line.

        Raises:
            KeyUnusable: there is one already, or it cannot be written.
        """
        plan = self._sealing()
        with self.read() as tx:
            self._require(tx, actor, "system.look")
        return keys.make(plan.key_file, plan.name).verifier

    def seal_key(self, actor: Actor) -> str:
        """The public key of the private key file, as a verifier line."""
        plan = self._sealing()
        with self.read() as tx:
            self._require(tx, actor, "history.verify")
        return keys.load(plan.key_file, plan.name).verifier

    def _sealing(self) -> Sealing:
        if self.config.sealing is None:
            raise Conflict("No sealing is configured.", hint="Open the engine with EngineConfig(sealing=…).")
        return self.config.sealing

    def _key(self, tx: Tx, plan: Sealing) -> notes.SealKey:
        """The key; made by itself only as long as nothing was ever signed."""
        if not plan.key_file.exists() and store.last_head(tx.connection) is None:
            return keys.make(plan.key_file, plan.name)
        return keys.load(plan.key_file, plan.name)

    def _pending(self) -> int:
        with self.read() as tx:
            last = store.last_head(tx.connection)
            return store.pending(tx.connection, last.seen if last else 0)

    # --- the witness folder ------------------------------------------------------------------------------------

    def _check_witness(self, tx: Tx, plan: Sealing) -> None:
        """Refuse to sign anything that does not continue what the witness folder holds."""
        held = witness.newest(plan.witness_dir) if plan.witness_dir else None
        if held is None:
            return
        last = seal.last_head(tx)
        if last is None or last.size < held.size:
            raise SealBroken(
                f"The witness folder holds a head of {held.size} leaves, the database only {last.size if last else 0}.",
                hint="The database was rolled back or is another one. Restore the newest one, or use another folder.",
            )
        if seal.root(tx, held.size) != held.root:
            raise SealBroken(
                f"The log does not continue the head of {held.size} leaves that the witness folder holds.",
                hint="Sealed history was replaced, or the folder belongs to another installation.",
            )

    def _deliver_heads(self, plan: Sealing) -> None:
        if plan.witness_dir is not None:
            held = witness.newest(plan.witness_dir)
            with self.read() as tx:
                fresh = seal.heads(tx, held.size if held else 0)
            witness.deliver(plan.witness_dir, fresh)

    # --- heads, proofs, evidence -------------------------------------------------------------------------------

    def heads(self, actor: Actor, since: int = 0) -> tuple[TreeHead, ...]:
        """Signed heads of more than ``since`` leaves, the smallest first."""
        with self.read() as tx:
            self._require(tx, actor, "history.verify")
            return seal.heads(tx, since)

    def last_head(self, actor: Actor) -> TreeHead | None:
        """The newest signed head; None when nothing was sealed yet."""
        with self.read() as tx:
            self._require(tx, actor, "history.verify")
            return seal.last_head(tx)

    def inclusion(self, actor: Actor, stream: str, seq: int, size: int | None = None) -> InclusionProof:
        """Proof that event ``seq`` of a stream is sealed in the tree of ``size`` (default: all) leaves.

        Raises:
            NotFound: it is not.
        """
        with self.read() as tx:
            self._require(tx, actor, "history.verify")
            return seal.inclusion(tx, stream, seq, size)

    def consistency(self, actor: Actor, old_size: int, new_size: int | None = None) -> ConsistencyProof:
        """Proof that the log of ``new_size`` (default: all) leaves continues the one of ``old_size``.

        Raises:
            Invalid: the log has fewer leaves.
        """
        with self.read() as tx:
            self._require(tx, actor, "history.verify")
            return seal.consistency(tx, old_size, new_size)

    def evidence(
        self, actor: Actor, case_id: str, since: int | None = None, *, with_log: bool = False
    ) -> Mapping[str, bytes]:
        """The files that prove a case to a third party: name -> content (see ``engine/history/bundle.py``).

        ``since``: the size of the head that the third party holds. ``with_log``: with every leaf of the log, which
        names all streams of this installation, but nothing of their content.

        Raises:
            NotFound, Conflict, Invalid: no such case; nothing of it is sealed; fewer leaves than ``since``.
        """
        with self.read() as tx:
            self._require(tx, actor, "history.read", case_id)
            return bundle.files(tx, case_id, since, with_log=with_log)

    def verify_seals(self, actor: Actor) -> SealVerdict:
        """Check the whole log of sealed heads: leaves against events, heads against leaves, and every chain."""
        with self.read() as tx:
            self._require(tx, actor, "history.verify")
            return seal.check(tx)

# SPDX-License-Identifier: Apache-2.0
"""How fast it is, as ratios: every figure stands beside a floor measured in the same run, turn by turn.

`make bench` runs all parts in under three minutes and writes ``benchmarks/results/<part>.json``. Absolute times mean
little on another machine; a ratio means the same everywhere. One module per part, each with ``run() -> Report``.
"""

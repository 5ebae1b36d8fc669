# SPDX-License-Identifier: Apache-2.0
"""A year of work, made up from one seed: people, cases, failures, new versions and restarts on a virtual clock.

``python -m tests.replay.year --cases 300 --seed 1`` plays it and replays every case; see `--help`.
"""

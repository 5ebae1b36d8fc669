# SPDX-License-Identifier: Apache-2.0
"""People at work: a real Chromium against a real server. What is tested here is what a person can do and see."""

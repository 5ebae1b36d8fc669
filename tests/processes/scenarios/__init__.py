# SPDX-License-Identifier: Apache-2.0
"""Ways through the shipped processes, and cases of their decision tables, by FitSM process."""
